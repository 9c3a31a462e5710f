"""The call that a claim is for: what is asked of the marketplace, and what comes of it."""

from dataclasses import dataclass

from ..errors import MarketplaceError, SlugConflict
from ..hosting.adapter import Adapter
from ..records import Endpoint, Marketplace, Payload, Publication, RemoteListing, Space
from ..store import Store
from . import publication as life
from .listing import as_listed


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed row with everything that its call needs."""

    row: Publication
    endpoint: Endpoint
    marketplace: Marketplace
    space: Space
    payload: Payload

    @property
    def operation(self) -> str:
        """What the claim is for."""
        return self.row.intent.operation if self.row.intent else "look"


class Calls:
    """Carries claimed jobs out. No transaction is open meanwhile, and nothing is recorded here."""

    def __init__(self, store: Store, adapter: Adapter) -> None:
        self._store = store
        self._adapter = adapter

    def perform(self, job: Job) -> life.Outcome:
        """Do what the claim's intent says; whatever happens, something comes of it."""
        try:
            match job.row.intent and job.row.intent.operation:
                case "create":
                    return self._create(job)
                case "update":
                    remote = (job.row.remote_id or "", job.row.remote_slug or "")
                    found = self._adapter.update(job.marketplace, job.space, job.payload, remote, self._key(job))
                    return self._listed(job, found, job.payload.digest)
                case "withdraw":
                    remote = life.to_withdraw(job.row)
                    self._adapter.withdraw(job.marketplace, job.space, remote, self._key(job))
                    return life.Absent()
                case _:
                    return self._look(job)
        except MarketplaceError as error:
            return life.Failed(error)

    def _create(self, job: Job) -> life.Outcome:
        """Create; a slug that turns out to be taken by our own earlier work is taken up, not reported."""
        try:
            found = self._adapter.create(job.marketplace, job.space, job.payload, self._key(job))
        except SlugConflict as conflict:
            there = self._adapter.find_listing(job.marketplace, job.space, job.payload.slug)
            if there is None or not self._is_ours(job, there):
                return life.Failed(conflict)
            return self._compared(job, there)
        return self._listed(job, found, job.payload.digest)

    def _look(self, job: Job) -> life.Outcome:
        slug = job.row.remote_slug or job.payload.slug
        there = self._adapter.find_listing(job.marketplace, job.space, slug)
        if there is None:
            return life.Absent()
        # If it is not ours, then ours is not there; the create that may follow tells the conflict.
        return self._compared(job, there) if self._is_ours(job, there) else life.Absent()

    def _is_ours(self, job: Job, there: RemoteListing) -> bool:
        """Whether a listing under our slug is this space's own: by its installation id where the kind has one.

        The listing of another endpoint, which had this slug before, is that one's.
        """
        with self._store.session():
            rows = self._store.publications.of_marketplace(job.marketplace.id)
        if any(there.remote_id in (row.remote_id, row.retiring_remote_id) and row.id != job.row.id for row in rows):
            return False
        if there.installation_id is not None:
            return there.installation_id == job.space.installation_id
        if there.remote_id == job.row.remote_id:
            return True
        return job.row.outcome_unknown and _shows(there, job.payload)

    def _compared(self, job: Job, there: RemoteListing) -> life.Outcome:
        return self._listed(job, there, job.payload.digest if _shows(there, job.payload) else None)

    def _listed(self, job: Job, there: RemoteListing, digest: str | None) -> life.Outcome:
        listed_as = job.row.listed_as if job.row.remote_id else {**as_listed(job.endpoint), "slug": there.slug}
        return life.Listed(there, digest, listed_as)

    def _key(self, job: Job) -> str:
        """The same for every attempt of this piece of work, and for no other: the wish, its revision, what is sent.

        Once we have seen how things stand there it is another: what was made and removed since must not be replayed.
        """
        intent, seen = job.row.intent, job.row.verified_at
        piece = f"{job.row.wanted_rev}:{intent.operation if intent else ''}:{seen.timestamp() if seen else 0:.3f}"
        return f"{job.row.id}:{piece}:{job.payload.digest[:16]}"


def _shows(there: RemoteListing, payload: Payload) -> bool:
    """Whether a listing shows what is wanted, as far as the marketplace lets us see it."""
    return there.slug == payload.slug and all(payload.fields.get(name) == value for name, value in there.fields.items())
