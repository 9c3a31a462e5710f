"""An answer that is read line by line, as it comes."""

from collections.abc import Iterator

from .answer import Answer
from .faults import NONSENSE, SUCCESS, Asked, NoAnswer
from .origin import shown
from .transport import Reply


class Lines:
    """An answer of which the body is still on its way; read it once, by :meth:`__iter__` or by :meth:`answer`.

    Attributes:
        status: the HTTP status: 2xx, or 4xx other than 429.
        content_type: without its parameters, in small letters.
    """

    def __init__(self, asked: Asked, reply: Reply, most: int) -> None:
        self.status = reply.status
        self.content_type = (reply.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        self._asked = asked
        self._reply = reply
        self._most = most

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return self.status in SUCCESS

    def answer(self) -> Answer:
        """Read the body whole, as every other answer is."""
        body = self._reply.body(self._most)
        return Answer(self.status, self._reply.headers, body, shown(self._asked.url), self._asked.method, safe=True)

    def __iter__(self) -> Iterator[str]:
        """Yield each line without its end, also a last one that has none.

        Only a line feed ends a line: JSON may hold the other characters that Python would split at.
        """
        rest = bytearray()
        seen = 0
        for piece in self._reply.pieces():
            seen += len(piece)
            if seen > self._most:
                raise NoAnswer(f"its answer is larger than {self._most} bytes", NONSENSE)
            *lines, last = piece.split(b"\n")
            for line in lines:
                yield _text(rest + line)
                rest.clear()
            rest += last
        if rest:
            yield _text(rest)


def _text(line: bytearray) -> str:
    return line.removesuffix(b"\r").decode("utf-8", "replace")
