"""``publicist endpoint``: describe endpoints, change them, delete them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from ..errors import InvalidInput
from . import codes
from .asking import confirm
from .endpoint_fields import endpoint_options, entered
from .opening import open_space
from .options import json_option, yes_option
from .output import count, emit, emit_list, note, say, table
from .syncing import let_follow

if TYPE_CHECKING:
    from ..records import Endpoint
    from ..services import Services
    from .documents import Document


@click.group()
def endpoint() -> None:
    """Describe endpoints, change them, delete them."""


@endpoint.command()
@endpoint_options
@json_option
def add(as_json: bool, **options: Any) -> None:
    """Describe a new endpoint."""
    from ..schemas import load_endpoint

    with open_space() as services:
        data, document = entered(options)
        draft = _checked(lambda: load_endpoint(data, **_offered(services)), document)
        made = services.endpoints.create(draft)
        _show_changed(services, made, "Added", as_json)
        if not as_json:
            note(_next(made))


def _next(made: "Endpoint") -> str:
    missing = []
    if not made.dataset and not made.model:
        missing.append("--dataset-kind KIND --dataset KEY=VALUE")
    if not made.published:
        missing.append("--published")
    publish = f"publicist publish {made.slug} --all"
    if not missing:
        return f"Publish it with: {publish}"
    return f"Before it can be published: publicist endpoint edit {made.slug} {' '.join(missing)}; then {publish}"


@endpoint.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Show all endpoints."""
    with open_space() as services, services.store.session():
        found = services.store.endpoints.all()
        rows = services.store.publications.of_endpoints([each.id for each in found])
        if as_json:
            emit_list([_json(services, each) for each in found])
            return
    if not found:
        note("There are no endpoints yet. Add one with: publicist endpoint add --name NAME")
        return
    listed = [row.endpoint_id for row in rows if row.remote_id is not None]
    table(
        ["Slug", "Name", "Answers", "Ready", "Listed on"],
        [
            [
                each.slug,
                each.name,
                each.response_type,
                "yes" if each.published else "no",
                _places(listed.count(each.id)),
            ]
            for each in found
        ],
    )


@endpoint.command()
@click.argument("slug")
@json_option
def show(slug: str, as_json: bool) -> None:
    """Show one endpoint, and where it is listed."""
    from .endpoint_view import show_endpoint

    with open_space() as services:
        found, places = services.publisher.publications(slug)
        if as_json:
            emit(_json(services, found))
        else:
            show_endpoint(_json(services, found), [(item.name, row.status if row else "") for item, row in places])


@endpoint.command()
@click.argument("slug_now", metavar="SLUG")
@endpoint_options
@click.option("--no-tags", is_flag=True, help="Take all tags away.")
@click.option("--no-policies", is_flag=True, help="Take all policies away.")
@click.option("--no-dataset", is_flag=True, help="Take the dataset away.")
@click.option("--no-model", is_flag=True, help="Take the model away.")
@click.option("--unpublish", is_flag=True, help="With --draft: withdraw it where it is listed.")
@json_option
def edit(slug_now: str, unpublish: bool, as_json: bool, **options: Any) -> None:
    """Change what is given, and leave the rest; listings follow by themselves."""
    from ..schemas import load_patch

    with open_space() as services:
        before = services.endpoints.get(slug_now)
        data, document = entered(options, _json(services, before))
        if isinstance(data, dict):
            data |= _taken_away(options, data)
        patch = _checked(lambda: load_patch(data, **_offered(services)), document)
        if not patch:
            raise click.UsageError("Say what to change, such as --name or --file; see --help.")
        after = services.endpoints.edit(slug_now, patch, unpublish=unpublish)
        let_follow(services, [after.id])
        _show_changed(services, after, "Unchanged:" if after == before else "Changed", as_json)


@endpoint.command()
@click.argument("slug")
@click.option("--unpublish", is_flag=True, help="Withdraw it first where it is listed.")
@yes_option
@click.pass_context
def remove(ctx: click.Context, slug: str, unpublish: bool, yes: bool) -> None:
    """Delete an endpoint."""
    with open_space() as services:
        found = services.endpoints.get(slug)
        confirm(f"Delete {slug} ({found.name})?", yes=yes)
        services.endpoints.delete(slug, unpublish=unpublish)
        let_follow(services, [found.id])
        with services.store.session():
            gone = services.store.endpoints.by_id(found.id) is None
    say(f"Deleted {slug}." if gone else f"{slug} is deleted as soon as its listings are withdrawn.")
    if not gone:
        ctx.exit(codes.PENDING)


def _offered(services: "Services") -> dict[str, Any]:
    """Return what plugins offer for endpoints to use."""
    return {"policy_types": services.plugins.policy_types, "backend_kinds": services.plugins.backend_kinds}


def _checked(load: Any, document: "Document | None") -> Any:
    """Return what ``load`` makes; faults of a file are told with their lines."""
    try:
        return load()
    except InvalidInput as error:
        raise (document.locate(error) if document else error) from None


def _taken_away(options: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that ``--no-…`` empties. Raises click.UsageError for one that is given as well."""
    empty: dict[str, Any] = {"tags": [], "policies": [], "dataset": None, "model": None}
    chosen = {name: value for name, value in empty.items() if options[f"no_{name}"]}
    if both := sorted(chosen.keys() & data.keys()):
        raise click.UsageError(f"--no-{both[0]} and values for it do not go together.")
    return chosen


def _show_changed(services: "Services", changed: "Endpoint", what: str, as_json: bool) -> None:
    if as_json:
        emit(_json(services, changed))
    else:
        say(f"{what} {changed.slug}.")


def _json(services: "Services", shown: "Endpoint") -> dict[str, Any]:
    from ..schemas import endpoint_json

    return endpoint_json(shown, services.plugins.backend_kinds)


def _places(number: int) -> str:
    return count(number, "marketplace") if number else ""
