"""From an endpoint to what a marketplace shall show of it. Pure."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace

from ..policies.shown import summarise
from ..records import Backend, Endpoint, Json, Limits, Listing, Space

HELD_FIELDS = ("slug", "type", "response_type", "dataset", "model")
"""What changes only when a person republishes; everything else follows by itself."""


def query_path(slug: str) -> str:
    """Return the path of an endpoint's query route, as SyftHub's contract has it."""
    return f"/api/v1/endpoints/{slug}/query"


def describe(endpoint: Endpoint, space: Space, query_path: str) -> Listing:
    """Return the listing of ``endpoint`` as it is now.

    Args:
        endpoint: the endpoint; without dataset and model its listing has an empty ``type``, which
            :func:`check_limits` refuses.
        space: the space as the marketplace is to see it, see :func:`publicist.core.space.network.effective_space`.
        query_path: the path of the endpoint's query route on the space, with a leading slash.
    """
    return Listing(
        slug=endpoint.slug,
        name=endpoint.name,
        summary=endpoint.summary,
        description=endpoint.description,
        type=listing_type(endpoint),
        response_type=endpoint.response_type,
        tags=endpoint.tags,
        version=endpoint.version,
        visibility=endpoint.visibility,
        policies=tuple(summarise(policy) for policy in endpoint.policies),
        public_url=space.public_url.rstrip("/"),
        query_path=query_path,
        category=endpoint.category,
        language=endpoint.language,
        installation_id=space.installation_id,
    )


def listing_type(endpoint: Endpoint) -> str:
    """Return ``data_source``, ``model`` or ``model_data_source`` by what is configured, or nothing."""
    sides = {"model": endpoint.model, "data_source": endpoint.dataset}
    return "_".join(name for name, backend in sides.items() if backend)


def as_listed(endpoint: Endpoint) -> dict[str, Json]:
    """Return what to remember of a listing once it is confirmed: the fields that need a person to change.

    Dataset and model are held as fingerprints, which show that something changed and nothing of what it was. It is
    kept beside each endpoint: what it is made of, or how, is changed only with a migration that empties that column.
    """
    return {
        "slug": endpoint.slug,
        "type": listing_type(endpoint),
        "response_type": endpoint.response_type,
        "dataset": _fingerprint(endpoint.dataset),
        "model": _fingerprint(endpoint.model),
    }


def needs_republish(endpoint: Endpoint, listed_as: Mapping[str, Json]) -> tuple[str, ...]:
    """Return which of :data:`HELD_FIELDS` differ from what is listed, in that order.

    ``listed_as`` is what :func:`as_listed` gave when the listing was confirmed; a field it lacks counts as
    equal.
    """
    return differing(as_listed(endpoint), listed_as)


def differing(held: Mapping[str, Json], listed_as: Mapping[str, Json]) -> tuple[str, ...]:
    """Return what :func:`needs_republish` does, of an endpoint of which :func:`as_listed` has been told."""
    both = [field for field in HELD_FIELDS if field in listed_as and field in held]
    return tuple(field for field in both if listed_as[field] != held[field])


def held_as(listing: Listing, listed_as: Mapping[str, Json]) -> Listing:
    """Return ``listing`` with the confirmed slug, type and response type; the rest can be updated.

    The query path goes on naming the slug under which people know the endpoint.
    """
    held = {field: listed_as[field] for field in ("slug", "type", "response_type") if field in listed_as}
    slug = held.get("slug", listing.slug)
    before, found, after = listing.query_path.rpartition(f"/{listing.slug}/")
    path = f"{before}/{slug}/{after}" if found else listing.query_path
    return replace(listing, **held, query_path=path)


def check_limits(listing: Listing, limits: Limits) -> dict[str, list[str]]:
    """Return, by field, what this kind of marketplace would not accept, with the numbers."""
    faults: dict[str, list[str]] = {}
    for field in ("name", "summary", "description"):
        _note(faults, field, _too_long(getattr(listing, field), getattr(limits, field)))
    _note(faults, "slug", *_slug_faults(listing.slug, limits))
    if len(listing.tags) > limits.tags:
        _note(faults, "tags", f"{len(listing.tags)} tags; this marketplace takes at most {limits.tags}.")
    for place, tag in enumerate(listing.tags):
        _note(faults, f"tags.{place}", *_tag_faults(tag, limits))
    if listing.visibility not in limits.visibilities:
        _note(faults, "visibility", f"This marketplace knows only {', '.join(limits.visibilities)}.")
    if not listing.type:
        _note(faults, "dataset", "Neither a dataset nor a model is configured; add one.")
    return faults


def _note(faults: dict[str, list[str]], field: str, *sentences: str | None) -> None:
    if found := [sentence for sentence in sentences if sentence]:
        faults.setdefault(field, []).extend(found)


def _too_long(text: str, most: int) -> str | None:
    return f"{len(text):,} characters long; this marketplace takes at most {most:,}." if len(text) > most else None


def _slug_faults(slug: str, limits: Limits) -> list[str | None]:
    short = len(slug) < limits.slug_min
    return [
        f"{len(slug)} characters long; this marketplace asks for at least {limits.slug_min}." if short else None,
        _too_long(slug, limits.slug_max),
        None if re.fullmatch(limits.slug_pattern, slug) else "Has characters that this marketplace does not take.",
        f"The word {slug!r} is reserved on this marketplace." if slug in limits.reserved_slugs else None,
    ]


def _tag_faults(tag: str, limits: Limits) -> list[str | None]:
    fits = re.fullmatch(limits.tag_pattern, tag)
    return [
        _too_long(tag, limits.tag),
        None if fits else f"The tag {tag!r} has characters that this marketplace does not take.",
    ]


def _fingerprint(backend: Backend | None) -> str | None:
    if backend is None:
        return None
    text = json.dumps([backend.kind, backend.name, backend.settings], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
