"""What bounds one call: the settings for all of them, its deadline, and whether anything was sent yet."""

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Self

from ..version import VERSION


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """How this installation speaks HTTP. Times are in seconds.

    ``proxy`` and ``ca_bundle`` come from ``PUBLICIST_PROXY`` and ``PUBLICIST_CA_BUNDLE`` alone: the variables
    that requests would read by itself are ignored. ``max_bytes`` bounds a decompressed body.
    """

    connect_timeout: float = 5.0
    read_timeout: float = 10.0
    max_bytes: int = 1_048_576
    proxy: str = field(default="", repr=False)
    ca_bundle: str = ""
    allow_private: bool = True
    user_agent: str = f"publicist/{VERSION}"


class Deadline:
    """A moment on the monotonic clock by which a call has ended."""

    __slots__ = ("_at",)

    def __init__(self, at: float) -> None:
        self._at = at

    @classmethod
    def after(cls, seconds: float) -> Self:
        """Return the deadline that lies ``seconds`` from now."""
        return cls(time.monotonic() + seconds)

    def within(self, seconds: float | None) -> "Deadline":
        """Return this deadline, or the one that lies ``seconds`` from now if that comes sooner."""
        return self if seconds is None or seconds >= self.remaining() else Deadline.after(seconds)

    def remaining(self) -> float:
        """Return the seconds left, 0 when there are none."""
        return max(0.0, self._at - time.monotonic())

    @property
    def expired(self) -> bool:
        """Whether the time is over."""
        return self.remaining() <= 0


@dataclass(slots=True)
class Attempt:
    """One request on its way.

    ``sent`` becomes true just before its first byte leaves: it tells "certainly not done" from "perhaps done".
    """

    settings: HttpSettings
    deadline: Deadline
    sent: bool = False

    def patience(self, longest: float) -> float:
        """Return how long to wait for the next thing: ``longest``, or what the deadline leaves.

        Raises TimeoutError when it leaves nothing.
        """
        if self.deadline.expired:
            raise TimeoutError
        return min(longest, self.deadline.remaining())


CURRENT: ContextVar[Attempt] = ContextVar("attempt")
"""The attempt that this thread is making. Connections are pooled and shared, so they cannot hold it."""
