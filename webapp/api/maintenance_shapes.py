"""What the API answers about maintenance."""

from ...core.schemas import Strict
from .shapes import flag, paged_shape, text, time


class MaintenanceShape(Strict):
    """A window in which queries are not answered: of one endpoint, or of all."""

    id = text(format="uuid")
    endpoint_slug = text(null=True)
    starts_at = time(null=False)
    ends_at = time(null=False)
    note = text()
    active = flag()


MaintenancePage = paged_shape("MaintenancePage", MaintenanceShape)
