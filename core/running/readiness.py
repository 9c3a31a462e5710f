"""Whether this process can do its work: what ``/readyz`` tells."""

import logging

from ..errors import PublicistError
from ..store import Store

log = logging.getLogger(__name__)


def reasons_against(store: Store) -> list[str]:
    """Return why the space is not ready, as sentences that anybody may read; none means that it is.

    Looked at are the database, its version, and whether the secret key opens what is kept.
    """
    try:
        found = [store.misfit(), *_sealed(store)]
    except Exception:
        log.exception("The database cannot be reached")
        return ["The database cannot be reached."]
    return [reason for reason in found if reason]


def _sealed(store: Store) -> list[str]:
    try:
        with store.session():
            store.settings.try_key()
    except PublicistError:
        return ["The secret key does not open what is kept."]
    return []
