"""What the libraries under our client log of a request: never its query, in which a credential may stand.

Their lines pass whatever handlers the process has, ours or a stranger's: so they are cut where they are made.
"""

import logging
import re

from ..redact import MASK, RedactingFilter

_LOGGERS = ("connection", "connectionpool", "http2.connection", "poolmanager", "response", "util.retry")
_QUERY = re.compile(r"\?[^\s\"'<>()]+")


class _WithoutQueries(RedactingFilter):
    """Masks what follows the question mark of an address, whether or not it is known for a secret."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Scrub ``record`` in place; always lets it pass."""
        super().filter(record)
        record.msg = _QUERY.sub(f"?{MASK}", record.msg)
        record.exc_text = record.exc_text and _QUERY.sub(f"?{MASK}", record.exc_text)
        return True


def cut_queries() -> None:
    """Have queries masked in every line that urllib3 logs in this process; repeating it changes nothing."""
    for name in _LOGGERS:
        logger = logging.getLogger(f"urllib3.{name}")  # a filter of their parent would not see their lines
        if not any(isinstance(one, _WithoutQueries) for one in logger.filters):
            logger.addFilter(_WithoutQueries())
