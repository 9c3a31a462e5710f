"""Who acts: carried beside the call, so that no use case has to hand it on."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .records import Actor, ActorKind

UNKNOWN = Actor("user", "unknown")
_actor: ContextVar[Actor] = ContextVar("publicist_actor", default=UNKNOWN)


def current_actor() -> Actor:
    """Return who acts in this context; somebody unknown where nobody said."""
    return _actor.get()


@contextmanager
def acting_as(kind: ActorKind, name: str) -> Iterator[None]:
    """Have everything in the block done in that name. Threads begun with a copy of the context take it along."""
    token = _actor.set(Actor(kind, name))
    try:
        yield
    finally:
        _actor.reset(token)


def machine_user() -> str:
    """Return the name of the user that this process runs as; its number where it has no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())
