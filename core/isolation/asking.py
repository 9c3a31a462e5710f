"""What a hook in a process of its own may ask of the core, for its own call only: notes, and to pass something on."""

import threading
from collections.abc import Callable, Mapping, Sequence
from queue import SimpleQueue
from typing import Any

from ..errors import MarketplaceUnavailable


class Asking:
    """The core's side of one call, seen from the plugin: its notes (``get``, ``set``), ``deliver`` and ``work``."""

    def __init__(self, number: int, send: Callable[[Mapping[str, Any]], None]) -> None:
        self._number = number
        self._send = send
        self._answers: SimpleQueue[Mapping[str, Any]] = SimpleQueue()
        self._turn = threading.Lock()
        self._over = False

    def end(self) -> None:
        """Refuse what is asked from now on: the call has been answered, and nobody listens any more."""
        self._over = True

    def get(self, key: str) -> str | None:
        """Return what was last kept under ``key``, or None."""
        found = self._ask("get", key)
        return found if isinstance(found, str) else None

    def set(self, key: str, value: str | None) -> None:
        """Keep ``value`` under ``key``; None forgets it."""
        self._ask("set", [key, value])

    def deliver(self, piece: str) -> None:
        """Hand a piece of an answer on. Raises MarketplaceUnavailable when nobody waits for it any more."""
        if not isinstance(piece, str):
            raise TypeError(f"a piece of an answer is a str, not a {type(piece).__name__}")
        self._ask("deliver", piece)

    def work(self, ids: Sequence[str]) -> int:
        """Have the core's process work publications; return how many calls it began."""
        return int(self._ask("work", list(ids)))

    def answer(self, message: Mapping[str, Any]) -> None:
        """Take what the core answered."""
        self._answers.put(message)

    def _ask(self, what: str, value: Any) -> Any:
        with self._turn:
            if self._over:
                raise MarketplaceUnavailable("The call that this belongs to is over.")
            self._send({"id": self._number, "ask": what, "value": value})
            message = self._answers.get()
        if "refused" in message:
            raise MarketplaceUnavailable(message["refused"])
        return message["answer"]
