from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from publicist.core.errors import OutcomeUnknown
from publicist.core.records import Reading
from publicist.plugins import custom

from .conftest import Connection
from .counterpart import Counterpart

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_readings_are_sent_in_one_batch_and_counted(hub: Connection, counterpart: Counterpart) -> None:
    counterpart.insert("one", account="ada")
    counterpart.insert("theirs", account="grace")
    readings = [Reading("one", "degraded", AT, latency_ms=84.5), Reading("theirs", "offline", AT)]
    note = custom.report_health(hub.marketplace, readings, hub.call())
    assert note == "1 of 2 readings taken, 1 ignored"
    assert counterpart.catalogue.health == {
        "one": {"slug": "one", "state": "degraded", "checked_at": "2026-03-01T12:00:00Z", "latency_ms": 84.5}
    }


def test_a_reading_s_message_stays_here(hub: Connection, counterpart: Counterpart) -> None:
    reading = Reading("one", "offline", AT, "No connection to http://10.0.0.7:9200.")
    custom.report_health(hub.marketplace, [reading], hub.call())
    assert b"10.0.0.7" not in counterpart.requests[-1].body


def test_times_are_sent_in_utc(hub: Connection, counterpart: Counterpart) -> None:
    nairobi = datetime(2026, 3, 1, 15, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=3)))
    custom.report_health(hub.marketplace, [Reading("one", "healthy", nairobi)], hub.call())
    assert counterpart.requests[-1].json["readings"][0]["checked_at"] == "2026-03-01T12:00:00.250000Z"


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"accepted": "1"},
        {"accepted": -1},
        {"accepted": True},
        {"accepted": 1, "ignored": "one"},
        {"ignored": []},
        [],
    ],
)
def test_an_answer_of_another_shape_leaves_the_outcome_unknown(
    hub: Connection, counterpart: Counterpart, answer: Any
) -> None:
    counterpart.faults.add("wrong_shape", body=answer)
    with pytest.raises(OutcomeUnknown, match="not rest-v1"):
        custom.report_health(hub.marketplace, [Reading("one", "healthy", AT)], hub.call())
