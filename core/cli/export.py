"""``publicist export``: the space as a file that ``publicist apply`` reads."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from .opening import open_space

if TYPE_CHECKING:
    from ..services import Services

LEFT_OUT = frozenset({"id", "created_at", "updated_at"})


@click.command()
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
def export(slugs: Sequence[str]) -> None:
    """Print endpoints as a file that `publicist apply` reads: those that are named, or all.

    Secrets are not in it: *** stands for each, and leaves as it is what is stored in the space it is applied to.
    """
    import yaml

    with open_space() as services, services.store.session():
        names = slugs or [each.slug for each in services.store.endpoints.all()]
        entries = [_entry(services, slug) for slug in dict.fromkeys(names)]
    click.echo(yaml.safe_dump({"endpoints": entries}, sort_keys=False, allow_unicode=True), nl=False)


def _entry(services: "Services", slug: str) -> dict[str, Any]:
    """Return an endpoint with its added checks and the names of the marketplaces it is wanted on. Raises NotFound."""
    from ..schemas import check_json, endpoint_json

    endpoint, places = services.publisher.publications(slug)
    fields = endpoint_json(endpoint, services.plugins.backend_kinds)
    checks = [check_json(each, services.plugins.check_kinds) for each in services.checks.of(slug)]
    return {
        **{name: value for name, value in fields.items() if name not in LEFT_OUT},
        "checks": [{name: each[name] for name in ("kind", "name", "settings")} for each in checks],
        "publish_to": [item.name for item, row in places if row is not None and row.wanted == "listed"],
    }
