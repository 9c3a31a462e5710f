"""``publicist maintenance`` on the command line."""

from datetime import UTC, datetime, timedelta

import pytest

from .conftest import CommandLine


def ahead(**by: float) -> str:
    return (datetime.now(UTC) + timedelta(**by)).isoformat(timespec="seconds")


def test_maintenance_is_announced_shown_and_taken_back(space: CommandLine) -> None:
    space.add_endpoint()
    made = space.json("maintenance", "add", "research-qa", "--for", "2h", "--note", "Moving the index")
    assert made["active"] is True
    lasts = datetime.fromisoformat(made["ends_at"]) - datetime.fromisoformat(made["starts_at"])
    assert lasts == timedelta(hours=2)

    assert space.json("maintenance", "list") == {"items": [made], "total": 1}
    shown = space.run("maintenance", "list").stdout
    assert "research-qa" in shown
    assert "Moving the index" in shown
    assert f"now to {made['ends_at'][:10]}" in shown

    edited = space.json("maintenance", "edit", made["id"], "--for", "30m", "--note", "Nearly done")
    assert edited["ends_at"] < made["ends_at"]
    assert edited["note"] == "Nearly done"
    space.run("maintenance", "edit", made["id"], code=2)
    space.run("maintenance", "edit", made["id"], "--for", "1h", "--to", made["ends_at"], code=2)
    space.run("maintenance", "edit", "no-such", "--for", "1h", code=1)

    space.run("maintenance", "remove", made["id"])
    assert space.json("maintenance", "list") == {"items": [], "total": 0}
    assert "No maintenance is announced." in space.run("maintenance", "list").stderr


def test_a_span_is_counted_from_the_start(space: CommandLine) -> None:
    starts = ahead(days=1)
    made = space.json("maintenance", "add", "--from", starts, "--for", "30m")
    assert (made["endpoint_slug"], made["active"]) == (None, False)
    assert datetime.fromisoformat(made["starts_at"]) == datetime.fromisoformat(starts)
    assert datetime.fromisoformat(made["ends_at"]) == datetime.fromisoformat(starts) + timedelta(minutes=30)
    assert "all endpoints" in space.run("maintenance", "add", "--from", starts, "--to", ahead(days=2)).stdout


def test_maintenance_may_recur(space: CommandLine) -> None:
    recurs = ("--every", "weekly", "--on", "Sun,wed", "--at", "02:30", "--zone", "Europe/Berlin", "--for", "2h")
    made = space.json("maintenance", "add", *recurs, "--to", ahead(days=60))

    assert made["recurs"] == {"every": "weekly", "cron": "30 2 * * wed,sun", "zone": "Europe/Berlin", "minutes": 120}
    assert space.json("maintenance", "list") == {"items": [made], "total": 1}
    assert "30 2 * * wed,sun (Europe/Berlin)" in space.run("maintenance", "list").stdout
    said = space.run("maintenance", "add", "--every", "cron", "--cron", "0 4 1 * *", "--for", "1d").stdout
    assert "then by 0 4 1 * * (UTC)" in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 2),
        (["--for", "2h", "--at", "02:30"], 2),
        (["--for", "2h", "--on", "mon"], 2),
        (["--every", "daily", "--at", "02:30"], 2),
        (["--every", "hourly", "--for", "5m"], 2),
        (["--every", "daily", "--for", "5m"], 1),
        (["--every", "daily", "--at", "02:30", "--for", "2h", "--zone", "Nowhere"], 1),
        (["--for", "2h", "--to", "2199-01-01T00:00Z"], 2),
        (["--for", "2 hours"], 2),
        (["--for", "91d"], 1),
        (["--from", "tomorrow", "--for", "2h"], 1),
        (["--from", "2199-01-01T00:00", "--for", "2h"], 1),
        (["--from", "9999-12-31T00:00Z", "--for", "99999d"], 1),
        (["--to", "2001-01-01T00:00Z"], 1),
        (["no-such", "--for", "2h"], 1),
        (["--to", ahead(days=1), "--for", "2h"], 2),
    ],
)
def test_what_cannot_be_announced_is_refused(space: CommandLine, words: list[str], code: int) -> None:
    told = space.run("maintenance", "add", *words, code=code).stderr
    assert "Error" in told
    assert "aware datetime" not in told
    assert "the list shows" not in told
    assert ("not with both" in told) == ({"--to", "--for"} <= set(words))
    assert space.json("maintenance", "list")["total"] == 0


def test_a_window_that_is_not_there_cannot_be_taken_back(space: CommandLine) -> None:
    space.run("maintenance", "remove", "no-such", code=1)
