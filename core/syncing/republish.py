"""Republishing, as functions from a publication's row to a row. Pure.

With a new slug the listing we hold becomes the *retiring* one: a new one is created beside it, and it is withdrawn
once that is confirmed. With the same slug it is withdrawn first and created again. Both are facts in the row, so that
a crash at any point is taken up by the next step; see :mod:`publicist.core.publishing.publication`.
"""

from dataclasses import replace

from ..records import Publication, RemoteListing


def begun(row: Publication, *, new_slug: bool) -> Publication:
    """Return the row as it is when a person has asked for it; the wish itself is for the caller to write."""
    if not new_slug:
        return replace(row, republish=True)
    return replace(
        row,
        republish=False,
        retiring_remote_id=row.remote_id,
        retiring_remote_slug=row.remote_slug,
        remote_id=None,
        remote_slug=None,
        confirmed_digest=None,
        drift={},
    )


def to_withdraw(row: Publication) -> tuple[str, str]:
    """Return the remote id and slug of the listing that a withdrawal is about: a retiring one goes first."""
    if row.retiring_remote_id is not None:
        return row.retiring_remote_id, row.retiring_remote_slug or ""
    return row.remote_id or "", row.remote_slug or ""


def retired(row: Publication) -> Publication:
    """Return the row after its retiring listing is gone."""
    return replace(row, retiring_remote_id=None, retiring_remote_slug=None)


def rolled_back(row: Publication) -> Publication:
    """Return the row after the new listing was refused: the one we had is ours again, and kept up as before."""
    return retired(replace(row, remote_id=row.retiring_remote_id, remote_slug=row.retiring_remote_slug))


def without_former(row: Publication, there: RemoteListing) -> Publication:
    """Return the row with nothing to retire when the retiring listing turned out to be the one that is wanted."""
    return retired(row) if row.retiring_remote_id == there.remote_id else row
