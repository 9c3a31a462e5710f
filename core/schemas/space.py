"""Settings, Network: where this space runs and how it is reached."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from ..space.deployment import AUTO, DEPLOYMENTS
from .base import Strict, load
from .fields import Checked, Line, Sensitive
from .settings import SHOWN
from .url import LONGEST, read_url


def _read_public_url(text: str) -> str:
    return read_url(text) if text.strip() else ""


class NetworkSchema(Strict):
    """Some of the network settings; what is left out stays as it is."""

    name = Line(100, visible=True, metadata={"description": "This space's name."})
    public_url = Checked(
        _read_public_url,
        metadata={
            "description": "Where marketplaces and people reach this space; empty for none.",
            "maxLength": LONGEST,
        },
    )
    deployment = fields.String(
        validate=validate.OneOf((AUTO, *DEPLOYMENTS)),
        metadata={"description": f"Where this space runs; `{AUTO}` returns to what the machine shows."},
    )
    developer_token = Sensitive(
        allow_none=True,
        metadata={"description": "Lets a local space publish; null forgets it. Never shown again."},
    )


def load_network(data: Any) -> Mapping[str, Any]:
    """Return the given fields by the names of :class:`Space`, ready for :func:`dataclasses.replace`.

    A developer token of ``***`` counts as left out. Raises InvalidInput.
    """
    clean: dict[str, Any] = load(NetworkSchema(), data)
    token = clean.get("developer_token")
    if token is not None and token.reveal() == SHOWN:
        del clean["developer_token"]
    return clean
