"""Make, change, withdraw and read listings: one by one, by slug, never by the hub's all-or-nothing sync."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from ...core.errors import (
    ListingGone,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RejectedError,
    SlugConflict,
    TransientError,
)
from ...core.http import Answer
from ...core.records import Availability, Payload, RemoteListing
from . import pages
from .answers import failure, our_name, problem
from .health import revive
from .hub import Hub
from .kind import SYFTHUB
from .mapping import changes, installation, is_record, remote
from .place import settle, written

Record = Mapping[str, Any]

_RECORD_BYTES = 8 * 1024 * 1024
_LIT_AGAIN = 60
_LIT_TO_DELETE = 45
"""Seconds until the hub's monitor, which runs every 30, has seen a health report."""


def create(hub: Hub, wanted: Payload) -> RemoteListing:
    """Make the listing. Raises SlugConflict when the account has the slug already, in whatever state."""
    _refuse_unstorable(wanted)
    username = hub.username()
    body = {"slug": wanted.slug, **wanted.fields}
    answer = written(hub, lambda place: _write(hub, "POST", "/endpoints", json=body, params=place.sent))
    if not answer.ok:
        raise _refusal(answer, wanted.slug)
    return _confirmed(answer, hub.root, username)


def update(hub: Hub, wanted: Payload, remote_id: str, remote_slug: str) -> RemoteListing:
    """Make the listing show ``wanted``.

    Raises ListingGone when it is not there, or somebody else's by now (the core then finds the slug taken), and
    TransientError when the hub has switched it off: it takes no change then, so it is reported healthy first.
    """
    _refuse_unstorable(wanted)
    username = hub.username()
    if hub.own:
        settle(hub)
    record = _held(hub, remote_id, remote_slug)
    if record is None:
        raise ListingGone(f"The hub has no listing {remote_slug!r} of ours any more.")
    if not _ours(hub, record, remote_id):
        raise ListingGone(f"The listing {remote_slug!r} on this account is not this space's by now.")
    _refuse_switched_off(hub, record, "updated", _LIT_AGAIN)
    answer = _write(hub, "PATCH", f"/endpoints/slug/{quote(remote_slug, safe='')}", json=changes(wanted))
    if not answer.ok:
        raise failure(answer, "update the listing")
    return _confirmed(answer, hub.root, username)


def withdraw(hub: Hub, remote_id: str, remote_slug: str) -> None:
    """Take the listing away; one that is gone, or another space's by now, is done.

    Raises TransientError when it is switched off, as :func:`update`.
    """
    record = _held(hub, remote_id, remote_slug)
    if record is None or not _ours(hub, record, remote_id):
        return
    _refuse_switched_off(hub, record, "withdrawn", _LIT_TO_DELETE)
    answer = hub.send("DELETE", f"/endpoints/slug/{quote(remote_slug, safe='')}")
    if answer.status == HTTPStatus.NOT_FOUND and pages.find(hub, remote_slug) is None:
        return
    if answer.ok and answer.status != HTTPStatus.NO_CONTENT:
        raise OutcomeUnknown(f"The hub answered {answer.status} to a withdrawal, which is not its answer.")
    if not answer.ok:
        raise failure(answer, "withdraw the listing")


def fetch(hub: Hub) -> list[RemoteListing]:
    """Return all listings of the account, whoever made them."""
    username = hub.username()
    return [remote(record, hub.root, username) for record in pages.owned(hub)]


def find(hub: Hub, slug: str) -> RemoteListing | None:
    """Return our account's listing with this slug, or None when it is certainly not there."""
    record = pages.find(hub, slug)
    return None if record is None else remote(record, hub.root, hub.username())


def availability(hub: Hub, slug: str) -> Availability:
    """Tell whether a listing of this slug could be made: slugs are unique within an account."""
    limits = SYFTHUB.limits
    if slug in limits.reserved_slugs:
        return Availability(False, f"The hub keeps {slug!r} for itself.")
    if not (limits.slug_min <= len(slug) <= limits.slug_max and re.fullmatch(limits.slug_pattern, slug)):
        return Availability(
            False,
            f"The hub takes slugs of {limits.slug_min} to {limits.slug_max} lower-case "
            "letters and digits with single hyphens between them.",
        )
    held = find(hub, slug)
    if held is None:
        return Availability(True, "The slug is free on this account.")
    state = "" if held.active else ", switched off at present"
    return Availability(False, f"The account has a listing with this slug already{state}.")


def _held(hub: Hub, remote_id: str, slug: str) -> Record | None:
    """Return the record that we hold under this slug, active or not.

    By its id it is one read, but the hub answers so for active ones only; the list is the last word.
    """
    if remote_id.isdecimal():
        answer = hub.send("GET", f"/endpoints/{remote_id}", max_bytes=_RECORD_BYTES)
        record = answer.json() if answer.ok else {}
        if is_record(record) and record["slug"] == slug:
            return dict(record)
    return pages.find(hub, slug)


def _ours(hub: Hub, record: Record, remote_id: str) -> bool:
    """Whether the record is this space's; one without an installation id only if it is the very one we made."""
    made_by = installation(record)
    return made_by == hub.space.installation_id or (made_by is None and str(record.get("id")) == remote_id)


def _refuse_switched_off(hub: Hub, record: Record, done: str, seconds: int) -> None:
    """Raise TransientError for an inactive record, after asking the hub to switch it on again."""
    if record.get("is_active") is not False:
        return
    revive(hub, str(record["slug"]))
    raise TransientError(
        f"The hub has switched the listing {record['slug']!r} off and takes no change to it meanwhile. "
        f"It has been reported healthy, and is {done} when the hub has switched it on again.",
        retry_after=seconds,
        cause="endpoint_unhealthy",
        remedy="Nothing to do: it is tried again. See that the endpoint's health is reported regularly.",
    )


def _write(hub: Hub, method: str, route: str, **sent: Any) -> Answer:
    return hub.send(method, route, max_bytes=_RECORD_BYTES, **sent)


def _confirmed(answer: Answer, root: str, username: str) -> RemoteListing:
    """Read the record that a write answered with; if it is none, nobody knows what was written."""
    try:
        return remote(answer.json(), root, username)
    except MarketplaceUnavailable as error:
        raise OutcomeUnknown(
            f"The hub took the listing, but its answer makes no sense: {error.message}",
            cause="marketplace_unavailable",
        ) from error


def _refusal(answer: Answer, slug: str) -> MarketplaceError:
    taken = "slug already exists" in problem(answer).message.lower()
    if answer.status == HTTPStatus.BAD_REQUEST and taken:
        return SlugConflict(f"The account has a listing with the slug {slug!r} already.")
    return failure(answer, "create the listing")


def _refuse_unstorable(wanted: Payload) -> None:
    """Refuse text on which the hub breaks with a 500, which would look like a passing fault for ever."""
    bad = [our_name(name) for name, value in wanted.fields.items() if not _storable(value)]
    if bad:
        message = "contains a NUL or half a character (a lone surrogate), which the hub cannot store"
        raise RejectedError(f"{', '.join(bad)}: {message}.", errors={name: [message] for name in bad})


def _storable(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, Mapping):
        return all(_storable(part) for pair in value.items() for part in pair)
    return all(_storable(part) for part in value) if isinstance(value, list | tuple) else True
