"""What answers queries: the backend kinds ``http`` and ``documents``, and whether they answer."""

from .hooks import backend_kinds, check_backend

__all__ = ["backend_kinds", "check_backend"]
