"""The program as it is started: on a terminal of 80 columns, in a pipe, interrupted, as a service."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from publicist.core.records import CheckResult

from ...plugins.custom.counterpart import Counterpart
from ...plugins.described.noticeboard import Noticeboard, described_at
from ...plugins.described.served import served
from .conftest import KEY, PROGRAM, CommandLine

DEADLINE = 20.0
STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
Start = Callable[..., "Terminal"]


@dataclass
class Terminal:
    """A program on a pseudo-terminal."""

    process: subprocess.Popen[bytes]
    master: int
    said: str = ""
    ends: float = field(default_factory=lambda: time.monotonic() + DEADLINE)

    def until(self, text: str) -> None:
        """Read until the program has said ``text``."""
        while text not in self.said:
            assert self._read(), f"{text!r} did not come: {self.said!r}"

    def waits(self) -> None:
        """Return when the program sleeps in its read: an interrupt that comes just before is only seen after a line."""
        while Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "S":
            assert time.monotonic() < self.ends, f"it never waited: {self.said!r}"
            select.select([], [], [], 0.01)

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def end(self) -> int:
        """Read to the end; return the exit code."""
        while self._read():
            pass
        return self.process.wait(max(0.1, self.ends - time.monotonic()))

    @property
    def lines(self) -> list[str]:
        return [line.rstrip() for line in STEERING.sub("", self.said).replace("\r", "").split("\n")]

    def _read(self) -> bool:
        ready, _, _ = select.select([self.master], [], [], max(0.0, self.ends - time.monotonic()))
        assert ready, f"nothing more came in time: {self.said!r}"
        try:
            data = os.read(self.master, 4096)
        except OSError:  # Linux says so when the last one has closed the other side
            return False
        self.said += data.decode()
        return bool(data)


@pytest.fixture
def terminal(space: CommandLine, environment: dict[str, str]) -> Iterator[Start]:
    """Starts the program on a terminal of 80 columns."""
    with ExitStack() as stack:

        def start(*words: str) -> Terminal:
            master, slave = pty.openpty()
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
            kept = {name: value for name, value in environment.items() if name not in ("COLUMNS", "NO_COLOR")}
            process = subprocess.Popen(
                [PROGRAM, *words],
                stdin=slave,
                stdout=slave,
                stderr=slave,
                env={**kept, "TERM": "xterm"},
                start_new_session=True,
            )
            os.close(slave)
            stack.callback(os.close, master)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return Terminal(process, master)

        yield start


def test_tables_are_drawn_coloured_and_fit_80_columns(
    space: CommandLine, catalogues: Callable[..., Counterpart], terminal: Start
) -> None:
    for name in ("A catalogue with a rather long name", "Another"):
        space.add_marketplace(name, catalogues().url)
    space.add_endpoint("a-slug-that-is-longer-than-most", "--summary", "word " * 90)
    shown = terminal("publish", "a-slug-that-is-longer-than-most", "--all")
    assert shown.end() == 0
    assert "─" in shown.said
    assert "\x1b[32mpublished" in shown.said
    table = shown.lines[next(place for place, line in enumerate(shown.lines) if "What came of it" in line) :]
    assert 60 < max(map(len, table)) <= 80


def test_what_is_shown_of_queries_fits_80_columns(
    space: CommandLine, catalogues: Callable[..., Counterpart], terminal: Start
) -> None:
    policies = [{"type": "access", "name": "members"}, {"type": "rate_limit", "config": {"limit": "10/m; 200/d"}}]
    slug = "a-slug-that-is-longer-than-most"
    space.add_marketplace("Another", catalogues().url)
    space.add_endpoint(slug, *(f"--policy={json.dumps(policy)}" for policy in policies))
    window = space.json("maintenance", "add", slug, "--for", "2h", "--note", "word " * 30)
    shown = {}
    for words in (
        ("endpoint", "show", slug),
        ("maintenance", "list"),
        ("policy", "try", slug, "--guest"),
        ("doctor", slug),
    ):
        screen = terminal(*words)
        screen.end()
        assert 60 < max(len(line) for line in screen.lines if str(space.documents) not in line) <= 80, words
        shown[words[0]] = screen.said
    assert "members: access" in shown["endpoint"]
    assert window["id"] in shown["maintenance"]


def test_a_trial_fits_80_columns_and_ends_with_what_may_be_left(terminal: Start, tmp_path: Path) -> None:
    board = Noticeboard()
    board.blind = {"/items", "/items/*"}
    with served(board) as running:
        words = ("marketplace", "try", str(described_at(tmp_path)), "--url", running.url, "--write")
        shown = terminal(*words)
        shown.until("Key (hidden")
        shown.type("key-of-ada\n")
        assert shown.end() == 1
    assert 60 < max(map(len, shown.lines)) <= 80
    assert "\x1b[31m\x1b[1mFAIL" in shown.said
    assert "\x1b[32mok" in shown.said
    last = "\n".join(shown.lines[-5:])
    assert re.search(r"(?s)\AThe listing publicist-trial-.* may\s+still be there: remove it by hand", last.strip()), (
        last
    )
    assert "Failed: Find it, Clean up." in shown.lines


def test_a_table_with_ids_that_is_too_narrow_for_its_words_is_told_row_by_row(
    space: CommandLine, terminal: Start
) -> None:
    made = space.json("alert", "rule", "add", "usage", "--name", "Unusual queries")
    screen = terminal("alert", "rule", "list")
    assert screen.end() == 0
    assert "Name      Unusual queries" in screen.lines
    assert f"When      {', '.join(made['words'])}" in screen.lines
    assert f"ID        {made['id']}" in screen.lines


def test_progress_shows_a_line_for_each_marketplace_and_goes_away(
    space: CommandLine, catalogues: Callable[..., Counterpart], terminal: Start
) -> None:
    counterpart = catalogues()
    space.add_marketplace("Slow one", counterpart.url)
    space.add_endpoint()
    counterpart.latency = 0.5
    shown = terminal("publish", "research-qa")
    shown.until("creating the listing")
    assert shown.end() == 0
    assert [line for line in shown.lines if line.startswith(" Slow one") and "published" in line]


def test_a_person_is_asked_for_the_key_which_is_not_shown(
    space: CommandLine, catalogue: Counterpart, terminal: Start
) -> None:
    shown = terminal("marketplace", "add", "--kind", "custom", "--name", "Catalogue", "--url", catalogue.url)
    shown.until("API key (hidden; Enter for none): ")
    shown.type(f"{KEY}\n")
    assert shown.end() == 0
    assert "as ada" in shown.said
    assert KEY not in shown.said


def test_an_interrupt_during_a_call_ends_at_once_and_loses_nothing(
    space: CommandLine, catalogues: Callable[..., Counterpart], terminal: Start
) -> None:
    counterpart = catalogues()
    space.add_marketplace("Slow one", counterpart.url)
    space.add_endpoint()
    counterpart.faults.add("slow", method="POST", path="/listings", seconds=4.0, times=1)
    shown = terminal("publish", "research-qa")
    shown.until("creating the listing")
    started = time.monotonic()
    shown.process.send_signal(signal.SIGINT)
    assert shown.end() == 130
    assert time.monotonic() - started < 3
    assert "Traceback" not in shown.said
    assert "Aborted" not in shown.said
    counterpart.faults.clear()
    assert space.json("status", "research-qa")["publications"][0]["status"] == "pending"


def test_an_interrupt_at_a_question_changes_nothing(space: CommandLine, terminal: Start) -> None:
    space.add_endpoint()
    shown = terminal("endpoint", "remove", "research-qa")
    shown.until("[y/N]: ")
    shown.waits()
    shown.process.send_signal(signal.SIGINT)
    assert shown.end() == 130
    assert space.json("endpoint", "list")["total"] == 1


def test_the_runner_works_until_it_is_told_to_stop(
    space: CommandLine, catalogues: Callable[..., Counterpart], terminal: Start
) -> None:
    counterpart = catalogues()
    space.add_marketplace("A", counterpart.url)
    space.add_endpoint()
    space.run("publish", "research-qa", "--wait", "0", code=5)
    shown = terminal("runner")
    shown.until("Working for the space")
    while "research-qa" not in counterpart.listings:
        assert time.monotonic() < shown.ends
        select.select([], [], [], 0.02)
    shown.process.send_signal(signal.SIGTERM)
    assert shown.end() == 0
    assert "Stopping." in shown.said


def test_a_reader_that_goes_away_is_no_error(space: CommandLine, environment: dict[str, str]) -> None:
    for place in range(3):
        space.add_endpoint(f"endpoint-{place}")
    reader, writer = os.pipe()
    os.close(reader)
    process = subprocess.run(
        [PROGRAM, "endpoint", "list"],
        stdout=writer,
        stderr=subprocess.PIPE,
        env=environment,
        timeout=DEADLINE,
        check=False,
    )
    os.close(writer)
    assert (process.returncode, process.stderr) == (130, b"")


def test_in_a_pipe_nothing_is_drawn_and_errors_go_to_stderr(space: CommandLine, environment: dict[str, str]) -> None:
    space.add_endpoint()
    listed = subprocess.run(
        [PROGRAM, "endpoint", "list"], capture_output=True, env=environment, timeout=DEADLINE, check=True
    )
    assert listed.stdout.decode().splitlines()[1].startswith("research-qa  Research Q&A")
    assert b"\x1b" not in listed.stdout
    failed = subprocess.run(
        [PROGRAM, "status", "nonsense"], capture_output=True, env=environment, timeout=DEADLINE, check=False
    )
    assert (failed.returncode, failed.stdout) == (1, b"")
    assert failed.stderr.startswith(b"Error: There is no endpoint 'nonsense'.")


def test_watch_shows_what_troubles_first_in_80_columns_until_q(
    space: CommandLine, catalogues: Callable[..., Counterpart], terminal: Start
) -> None:
    space.add_marketplace("Catalogue", catalogues().url)
    for slug in ("a-good-one", "an-ill-one-whose-slug-is-as-long-as-a-slug-may-be-at-most"):
        space.add_endpoint(slug)
    services = space.services()
    for one in services.endpoints.page(1, 10).items:
        ok = one.slug == "a-good-one"
        for _ in range(3):
            services.health_book.record(one.id, [CheckResult("dataset", ok=ok, message="It said so.", latency_ms=12.0)])
    services.close()
    shown = terminal("watch", "--every", "0.5")
    shown.until("a-good-one")
    shown.until("12 ms")
    shown.type("q")
    assert shown.end() == 0
    drawn = STEERING.sub("", shown.said).replace("\r", "")
    assert drawn.index("unhealthy") < drawn.index("a-good-one")
    assert "1 unhealthy, 1 healthy" in drawn
    assert max(len(line.rstrip()) for line in drawn.split("\n")) <= 80


def test_watch_is_left_by_an_interrupt_and_the_terminal_is_as_before(space: CommandLine, terminal: Start) -> None:
    space.add_endpoint()
    shown = terminal("watch")
    shown.until("(q leaves)")
    shown.process.send_signal(signal.SIGINT)
    assert shown.end() == 0
    assert "\x1b[?1049l" in shown.said  # the former screen is shown again
    assert "Traceback" not in shown.said


def test_watch_needs_a_terminal(space: CommandLine) -> None:
    assert "publicist status" in space.run("watch", code=2).stderr
