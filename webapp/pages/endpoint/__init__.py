"""The pages of one endpoint: how it stands, publishing and unpublishing it, changing it, and making a new one."""

from . import availability, delete, edit, imports, new, overview, publish, results, unpublish
from .area import pages as area

__all__ = ["area", "availability", "delete", "edit", "imports", "new", "overview", "publish", "results", "unpublish"]
