"""What has to happen to an endpoint's added checks for them to be as a file says. Pure."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..errors import InvalidInput
from ..records import Check
from ..schemas.base import under
from ..schemas.check import CheckDraft, with_stored


@dataclass(frozen=True, slots=True)
class CheckChanges:
    """Checks to be added, to be changed, and to be taken away; false when there is nothing to do."""

    added: tuple[Check, ...]
    edited: tuple[Check, ...]
    removed: tuple[Check, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.edited or self.removed)


def check_changes(
    before: Sequence[Check], drafts: Sequence[CheckDraft], endpoint_id: str, now: datetime
) -> CheckChanges:
    """Return what makes the checks ``before`` those of ``drafts``; they are found by their names.

    Raises InvalidInput, under ``checks.<place>``, where *** stands for nothing that is stored.
    """
    known = {check.name: check for check in before}
    wanted = [_wanted(place, draft, known.get(draft.name), endpoint_id, now) for place, draft in enumerate(drafts)]
    names = {check.name for check in wanted}
    return CheckChanges(
        tuple(check for check in wanted if check.name not in known),
        tuple(check for check in wanted if check.name in known and check != known[check.name]),
        tuple(check for check in before if check.name not in names),
    )


def _wanted(place: int, draft: CheckDraft, before: Check | None, endpoint_id: str, now: datetime) -> Check:
    try:
        settings = with_stored(draft, before).settings
    except InvalidInput as error:
        raise InvalidInput(under(f"checks.{place}", error.errors)) from None
    if before:
        return replace(before, kind=draft.kind, settings=settings)
    return Check(str(uuid.uuid4()), endpoint_id, draft.kind, draft.name, settings, now)
