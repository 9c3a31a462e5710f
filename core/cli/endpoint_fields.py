"""The options that describe an endpoint, and what they amount to as data for the schemas."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .options import read_json, read_pairs
from .sensitive import one_reader_of_stdin

if TYPE_CHECKING:
    from .documents import Document

F = TypeVar("F", bound=Callable[..., Any])

SIDES = ("dataset", "model")
PLAIN = (
    "name",
    "slug",
    "summary",
    "description",
    "version",
    "visibility",
    "response_type",
    "published",
    "category",
    "language",
)

_FIELDS = (
    click.option("--name", help="What people read."),
    click.option("--slug", help="The name in addresses; proposed from the name if it is left out."),
    click.option("--summary", help="One paragraph for search results."),
    click.option("--description", help="The whole story, in Markdown."),
    click.option("--description-file", metavar="FILE", help="Read the description from a file; - is stdin."),
    click.option("--tag", multiple=True, help="A tag; may be repeated, and replaces all tags there are."),
    click.option("--version", metavar="X.Y.Z", help="Three numbers, such as 0.1.0."),
    click.option("--visibility", type=click.Choice(["public", "private", "internal"]), help="Who may see the listing."),
    click.option(
        "--response-type",
        type=click.Choice(["raw", "summary", "both"]),
        help="raw needs a dataset, summary a model, both needs both. Default: what fits.",
    ),
    click.option(
        "--published/--draft", "published", default=None, help="Your word that it is ready to be listed, or not."
    ),
    click.option("--category", help="Such as health or law."),
    click.option("--language", help="A language tag such as en or pt-BR."),
    click.option("--dataset-kind", metavar="KIND", help="What the dataset is: http, documents, … (http if left out)."),
    click.option("--dataset-name", metavar="NAME", help="What you call the dataset."),
    click.option(
        "--dataset",
        multiple=True,
        metavar="KEY=VALUE",
        help="A setting of the dataset, such as url=…; KEY:=JSON for more than a text. May be repeated.",
    ),
    click.option("--model-kind", metavar="KIND", help="What the model is (http if left out)."),
    click.option("--model-name", metavar="NAME", help="What you call the model."),
    click.option(
        "--model", multiple=True, metavar="KEY=VALUE", help="A setting of the model; as --dataset. May be repeated."
    ),
    click.option(
        "--policy",
        multiple=True,
        metavar="JSON",
        help='A policy, such as \'{"type": "rate_limit", "config": {"limit": "100/m"}}\'; may be repeated, and '
        "replaces all policies there are.",
    ),
    click.option(
        "--file", metavar="FILE", help="Read the fields from YAML or JSON; - is stdin. Options win over the file."
    ),
)


def endpoint_options(command: F) -> F:
    """Add an option for each field of an endpoint."""
    for decorate in reversed(_FIELDS):
        command = decorate(command)
    return command


def entered(options: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> tuple[Any, "Document | None"]:
    """Return what was entered as data for the endpoint schemas, and the file that it partly came from.

    Args:
        options: the command's options by name.
        before: the endpoint as it is shown; single settings of a dataset or model are changed in it.

    Raises:
        InvalidInput: a file cannot be read.
        click.UsageError: options do not go together.
    """
    from .documents import read_document

    one_reader_of_stdin(options["file"] == "-", options["description_file"] == "-")
    document = read_document(options["file"]) if options["file"] else None
    if document is not None and not isinstance(document.data, dict):
        return document.data, document
    data: dict[str, Any] = dict(document.data) if document else {}
    data |= {name: options[name] for name in PLAIN if options[name] is not None}
    if options["description_file"]:
        data["description"] = _description(options)
    if options["tag"]:
        data["tags"] = list(options["tag"])
    if options["policy"]:
        data["policies"] = [read_json(text, "--policy") for text in options["policy"]]
    for side in SIDES:
        if _mentions(side, options):
            data[side] = _side(side, options, _mapping(data.get(side) or (before or {}).get(side)))
    return data, document


def _description(options: Mapping[str, Any]) -> str:
    from .documents import read_text

    if options["description"] is not None:
        raise click.UsageError("Give --description or --description-file, not both.")
    return read_text(options["description_file"])


def _mentions(side: str, options: Mapping[str, Any]) -> bool:
    return bool(options[f"{side}_kind"] or options[f"{side}_name"] or options[side])


def _side(side: str, options: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """Return the dataset or model: what it was, with what was entered; another kind starts without settings."""
    former = base.get("kind", "http")
    kind = options[f"{side}_kind"] or former
    settings = _mapping(base.get("settings")) if kind == former else {}
    name = options[f"{side}_name"] or (base.get("name") if kind == former else None)
    made = {"kind": kind, "settings": {**settings, **read_pairs(options[side], f"--{side}")}}
    return made | ({"name": name} if name else {})


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
