"""One endpoint, as its owner reads it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .output import facts, say
from .words import moment_of


def show_endpoint(endpoint: Mapping[str, Any], places: Sequence[tuple[str, str]]) -> None:
    """Print the endpoint (as JSON), with ``places``: marketplaces and the status there."""
    listed = [f"{name}: {status}" for name, status in places if status not in ("", "not_published")]
    facts(
        [
            ("Slug", endpoint["slug"]),
            ("Name", endpoint["name"]),
            ("Summary", endpoint["summary"]),
            ("Tags", ", ".join(endpoint["tags"])),
            ("Version", endpoint["version"]),
            ("Visibility", endpoint["visibility"]),
            ("Answers", endpoint["response_type"]),
            ("Ready", "yes" if endpoint["published"] else "no: `published` is false"),
            ("Dataset", _side(endpoint["dataset"])),
            ("Model", _side(endpoint["model"])),
            ("Policies", "\n".join(_policy(policy) for policy in endpoint["policies"])),
            ("Category", endpoint["category"]),
            ("Language", endpoint["language"]),
            ("Changed", moment_of(endpoint["updated_at"])),
            ("Published", "\n".join(listed)),
        ]
    )
    if endpoint["description"]:
        say()
        say(endpoint["description"])


def _side(side: Mapping[str, Any] | None) -> str:
    if side is None:
        return ""
    settings = [f"{name}: {_short(value)}" for name, value in side["settings"].items()]
    return "\n".join([f"{side['name']} ({side['kind']})", *settings])


def _policy(policy: Mapping[str, Any]) -> str:
    config = ", ".join(f"{name}: {_short(value)}" for name, value in policy["config"].items())
    name = "" if policy["name"] == policy["type"] else f"{policy['name']}: "
    return f"{name}{policy['type']} ({config})" if config else f"{name}{policy['type']}"


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
