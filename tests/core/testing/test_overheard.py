"""What the kit hears of an adapter that logs and prints."""

import io
import logging
import sys
from collections.abc import Iterator

import pytest
from publicist.core.hosting.guard import Guard
from publicist.core.redact import RedactingFilter, remember
from publicist.core.secrets import Secret
from publicist.core.testing.overheard import overhearing

KEY = "key-of-ada-1815"


@pytest.fixture
def _redacted() -> Iterator[None]:
    """Have a handler first that redacts every record for those after it."""
    remember(Secret(KEY))
    handler, root = logging.StreamHandler(io.StringIO()), logging.getLogger()
    handler.addFilter(RedactingFilter())
    root.handlers.insert(0, handler)
    yield
    root.removeHandler(handler)


@pytest.mark.usefixtures("_redacted")
def test_what_calls_say_is_heard_as_it_was_said_and_nothing_else_is() -> None:
    def say(name: str) -> None:
        logging.getLogger(name).debug("logged by %s with %s", name, KEY)
        sys.stdout.write(f"printed by {name}")

    with overhearing() as heard:
        say("the counterpart")
        Guard().call("board", lambda: say("the adapter"), 10)
        logging.getLogger("publicist.plugin.board").debug("said in another process")
    say("anybody, later")

    assert heard.texts == {
        "the log": f"the adapter: logged by the adapter with {KEY}\npublicist.plugin.board: said in another process",
        "stdout": "printed by the adapter",
        "stderr": "",
    }
