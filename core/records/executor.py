"""How due work is spread."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExecutorKind:
    """A way of spreading due work that a plugin offers, such as a task queue."""

    name: str
    title: str
    description: str = ""
