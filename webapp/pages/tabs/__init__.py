"""The tabs of an endpoint beside its overview: its policies, its checks, and how it does and is used."""

from . import checks, dry_run, events, feedback, health, policies, policy_edit, trying, usage
from .area import pages as area

__all__ = [
    "area",
    "checks",
    "dry_run",
    "events",
    "feedback",
    "health",
    "policies",
    "policy_edit",
    "trying",
    "usage",
]
