"""``/api/docs``: the API's reference, made from its description; a page for each part, without a script."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from apiflask import APIFlask
from flask import Response, current_app, render_template
from slugify import slugify

from ...core.errors import NotFound
from ..auth import visitor
from ..context import context
from ..description import SPEC_PATH
from ..frame import POLICY_WITH_SCRIPTS
from .page import Pages
from .schema_text import Field, example, fields_of, resolve, type_of

KEPT = "publicist_reference"
METHODS = ("get", "post", "patch", "delete")
_SHELL = "'\\''"

pages = Pages("reference")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that an operation may give."""

    status: str
    told: str
    media: str
    fields: Sequence[Field]
    sample: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation; ``token`` says what it takes to ask."""

    anchor: str
    method: str
    path: str
    summary: str
    told: str
    token: str
    parameters: Sequence[Field]
    body: Sequence[Field]
    body_required: bool
    answers: Sequence[Answer]
    problems: Sequence[tuple[str, str]]
    curl: str


@dataclass(frozen=True, slots=True)
class Part:
    """The operations of one tag."""

    name: str
    slug: str
    operations: Sequence[tuple[str, str, str, str]]


@pages.blueprint.get("/api/docs")
def index() -> Response:
    """List all operations by their parts."""
    return _page("reference/index.html", parts=_parts())


@pages.blueprint.get("/api/docs/<part>")
def part(part: str) -> Response:
    """Show the operations of a part in full. Raises NotFound."""
    spec, parts = _spec(), _parts()
    chosen = next((item for item in parts if item.slug == part), None)
    if chosen is None:
        raise NotFound("There is no such part of the API.", remedy="/api/docs lists them all.")
    found = [
        _operation(spec, method, path, stated)
        for method, path, stated in _stated(spec)
        if chosen.name in stated.get("tags", ())
    ]
    return _page("reference/part.html", parts=parts, part=chosen, operations=found)


def _page(template: str, **values: object) -> Response:
    services = context().services
    space, guest = services.spaces.current(), visitor(services)
    base = space.public_url or services.settings.own_address
    page = render_template(template, space=space, visitor=guest, spec_path=SPEC_PATH, base=base, **values)
    headers = {"Content-Security-Policy": POLICY_WITH_SCRIPTS} if guest else {}
    return Response(page, headers=headers, content_type="text/html; charset=utf-8")


def _spec() -> Mapping[str, Any]:
    """Return the description, which is made once for each app: that takes long, and nothing in it changes."""
    kept = current_app.extensions
    if KEPT not in kept:
        kept[KEPT] = cast(APIFlask, current_app).spec
    return cast("Mapping[str, Any]", kept[KEPT])


def _stated(spec: Mapping[str, Any]) -> Iterable[tuple[str, str, Mapping[str, Any]]]:
    for path, operations in spec["paths"].items():
        for method in METHODS:
            if method in operations:
                yield method, path, operations[method]


def _parts() -> list[Part]:
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for method, path, stated in _stated(_spec()):
        for tag in stated.get("tags", ("Other",)):
            found.setdefault(tag, []).append((_anchor(method, path), method.upper(), path, stated.get("summary", "")))
    return [Part(tag, slugify(tag), rows) for tag, rows in found.items()]


def _operation(spec: Mapping[str, Any], method: str, path: str, stated: Mapping[str, Any]) -> Operation:
    parameters = [
        Field(item["name"], type_of(item.get("schema", {})), item.get("required", False), _about(item), item["in"])
        for item in (resolve(spec, item) for item in stated.get("parameters", ()))
    ]
    body = _media(stated.get("requestBody", {}))[1]
    required = bool(stated.get("requestBody", {}).get("required"))
    answers = [_answer(spec, status, given) for status, given in stated["responses"].items() if status.startswith("2")]
    problems = [
        (status, given["description"]) for status, given in stated["responses"].items() if not status.startswith("2")
    ]
    sample = example(spec, body) if body else None
    return Operation(
        _anchor(method, path),
        method.upper(),
        path,
        stated.get("summary", ""),
        stated.get("description", ""),
        _token(stated),
        parameters,
        fields_of(spec, body) if body else (),
        required,
        answers,
        problems,
        _curl(method, path, sample if required else None, public=not stated.get("security")),
    )


def _answer(spec: Mapping[str, Any], status: str, given: Mapping[str, Any]) -> Answer:
    media, schema = _media(given)
    is_json = media == "application/json"
    sample = json.dumps(example(spec, schema), indent=2, ensure_ascii=False) if schema and is_json else ""
    return Answer(status, given["description"], media, fields_of(spec, schema) if schema and is_json else (), sample)


def _media(given: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    for media, content in given.get("content", {}).items():
        return media, content.get("schema", {})
    return "", {}


def _about(item: Mapping[str, Any]) -> str:
    return str(item.get("description") or item.get("schema", {}).get("description") or "")


def _token(stated: Mapping[str, Any]) -> str:
    security = stated.get("security") or []
    if not security:
        return "No token is needed."
    if any("ApiToken" in item for item in security):
        return "Needs an API token."
    return "Takes the token that a marketplace issued, or none."


def _curl(method: str, path: str, sample: Any, *, public: bool) -> str:
    verb = "" if method == "get" else f" -X {method.upper()}"
    address = path.replace("{", "<").replace("}", ">")
    lines = [f'curl{verb} "$SPACE{address}"']
    if not public:
        lines.append('-H "Authorization: Bearer $TOKEN"')
    if sample is not None:
        text = json.dumps(sample, ensure_ascii=False).replace("'", _SHELL)
        lines += ['-H "Content-Type: application/json"', f"-d '{text}'"]
    return " \\\n  ".join(lines)


def _anchor(method: str, path: str) -> str:
    return str(slugify(f"{method} {path.removeprefix('/api/v1')}"))
