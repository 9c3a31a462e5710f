"""What answers queries: the backend kinds ``http``, ``documents`` and ``openai``, and whether they answer."""

from .hooks import backend_kinds, check_backend, query_backend

__all__ = ["backend_kinds", "check_backend", "query_backend"]
