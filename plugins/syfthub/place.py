"""Where a write belongs: the address or the satellite that must be settled before it, in either dialect."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from ...core.http import Answer
from . import domain, satellites
from .answers import problem
from .dialect import dialect
from .hub import Hub
from .notes import SATELLITE


@dataclass(frozen=True, slots=True)
class Place:
    """``satellite_id`` is ours at a hub with satellites, None at one without."""

    satellite_id: str | None = None

    @property
    def sent(self) -> dict[str, str]:
        """What a write carries to name its place."""
        return {"satellite_id": self.satellite_id} if self.satellite_id else {}


def settle(hub: Hub, *, fresh: bool = False) -> Place:
    """Make the hub know our address, and return our place; ``fresh`` trusts no earlier proof."""
    if dialect(hub, fresh=fresh) == "satellites":
        return Place(satellites.settle(hub))
    domain.settle(hub)
    return Place()


def check(hub: Hub) -> str:
    """Tell in a sentence how our address stands, writing nothing. Raises on a conflict as :func:`settle`."""
    profile = hub.prove()
    if dialect(hub, fresh=True) == "accounts":
        domain.refuse_foreign(hub, profile)
        return _ACCOUNTS
    known = satellites.rows(hub)
    satellites.refuse_station(hub, known)
    ours = hub.notes.read(SATELLITE).get("id")
    if ours and all(row.get("id") != ours for row in known):
        satellites.forget(hub)
    others = sum(row.get("id") != ours and row.get("base_url") != hub.own for row in known)
    return _ALONE if not others else _SHARED.format(others)


_ACCOUNTS = "This hub keeps one address for each account: use an account of its own for each space."
_ALONE = "This hub registers each space by its address."
_SHARED = (
    "This hub registers each space by its address. There are others on this account ({}); clients that ask for "
    "tokens by user name get none while there is more than one."
)


def written(hub: Hub, write: Callable[[Place], Answer]) -> Answer:
    """Settle, write, and do both once more when the answer shows that the hub no longer is what it was.

    That is a 404 for our satellite, or a 422 that counts spaces: the hub was upgraded, and asks which one is
    meant.
    """
    answer = write(settle(hub))
    if not _moved_on(answer):
        return answer
    satellites.forget(hub)
    return write(settle(hub, fresh=True))


def _moved_on(answer: Answer) -> bool:
    found = problem(answer)
    if answer.status == HTTPStatus.NOT_FOUND:
        return found.code == "NOT_FOUND"
    return answer.status == HTTPStatus.UNPROCESSABLE_ENTITY and found.count is not None
