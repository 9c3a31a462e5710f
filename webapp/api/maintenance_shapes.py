"""What the API answers about maintenance."""

from ...core.schemas import Strict
from .shapes import count, flag, one, paged_shape, text, time


class RecurrenceShape(Strict):
    """How a window recurs: it begins whenever `cron` says so on the clocks of `zone`, and lasts `minutes`."""

    every = text("daily", "weekly", "cron")
    cron = text()
    zone = text()
    minutes = count()


class MaintenanceShape(Strict):
    """A window in which queries are not answered: of one endpoint, or of all.

    If it `recurs`, this is the one that holds or comes next.
    """

    id = text(format="uuid")
    endpoint_slug = text(null=True)
    starts_at = time(null=False)
    ends_at = time(null=False)
    note = text()
    active = flag()
    recurs = one(RecurrenceShape, null=True)


MaintenancePage = paged_shape("MaintenancePage", MaintenanceShape)
