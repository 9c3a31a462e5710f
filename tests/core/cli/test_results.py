"""Exit codes and words, as tables."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from publicist.core.cli.findings import blocked_code
from publicist.core.cli.progress import step
from publicist.core.cli.results import exit_code, result_word
from publicist.core.cli.texts import clean
from publicist.core.publishing.publisher import Result
from publicist.core.records import Finding, Intent, Lease, Marketplace, Publication

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLACE = Marketplace(
    id="1", kind="custom", name="A", url="http://127.0.0.1:9", settings={}, credentials={}, sync_policy="full",
    status="active", status_cause=None, status_reason=None, status_since=NOW, account=None, created_at=NOW,
)  # fmt: skip
ROW = Publication("1", "2", "3", "listed", 1, "pending")
RESULTS = {
    "d": Result(PLACE, True, "published", ""),
    "u": Result(PLACE, True, "not_published", ""),
    "p": Result(PLACE, False, "pending", ""),
    "f": Result(PLACE, False, "failed", ""),
    "l": Result(PLACE, False, "published", ""),
}


@pytest.mark.parametrize(
    ("kinds", "code"),
    [
        ("", 0), ("d", 0), ("du", 0), ("f", 1), ("ff", 1), ("l", 1), ("df", 3), ("fp", 3), ("dl", 3), ("p", 5),
        ("dp", 5), ("dfp", 3),
    ],
)  # fmt: skip
def test_the_exit_code_sums_the_results_up(kinds: str, code: int) -> None:
    assert exit_code([RESULTS[kind] for kind in kinds]) == code


@pytest.mark.parametrize(
    ("kind", "word"),
    [("d", "published"), ("u", "not published"), ("p", "pending"), ("f", "failed"), ("l", "failed")],
)
def test_a_result_is_told_in_a_word(kind: str, word: str) -> None:
    assert result_word(RESULTS[kind]) == word


@pytest.mark.parametrize(
    ("findings", "places", "code"),
    [
        ([], [], 0),
        ([("advice", None)], ["1"], 0),
        ([("blocks", None)], ["1"], 1),
        ([("blocks", None)], [], 1),
        ([("blocks", "1")], ["1", "2"], 3),
        ([("blocks", "1"), ("blocks", "2")], ["1", "2"], 1),
        ([("blocks", "1"), ("advice", None)], ["1", "2"], 3),
    ],
)
def test_what_blocks_decides_the_exit_code(
    findings: list[tuple[str, str | None]], places: list[str], code: int
) -> None:
    found = [Finding(level, "c", "validation", "m", "r", None, place) for level, place in findings]  # type: ignore[arg-type]
    assert blocked_code(found, places) == code


LEASED = replace(ROW, wanted_rev=2, lease=Lease("me", NOW, 1), intent=Intent("create", 2, "", NOW))


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (None, None, "checking"),
        (ROW, ROW, "checking"),
        (None, replace(ROW, due_at=NOW), "waiting"),
        (ROW, LEASED, "creating the listing"),
        (ROW, replace(ROW, wanted_rev=2, due_at=NOW, attempts=1), "waiting for another try"),
        (ROW, replace(ROW, wanted_rev=2, gave_up=True), "failed"),
        (ROW, replace(ROW, wanted_rev=2), "done"),
    ],
)
def test_progress_tells_what_is_being_done(before: Publication | None, now: Publication | None, said: str) -> None:
    assert step(before, now) == said


@pytest.mark.parametrize(
    ("text", "shown"), [("a\nb", "a\nb"), ("a\x1b[31mb", "a�[31mb"), ("a\rb\x07", "a�b�"), ("é→", "é→")]
)
def test_nothing_that_steers_a_terminal_gets_through(text: str, shown: str) -> None:
    assert clean(text) == shown
