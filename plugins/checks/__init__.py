"""The check kinds ``http``, ``tcp`` and ``tls``."""

from .hooks import check_kinds, run_check

__all__ = ["check_kinds", "run_check"]
