"""Of what people are told, as replays: the number of messages is asserted in each."""

import json
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from publicist.core.alerting.episodes import Manner, episode_of
from publicist.core.records import AlertRule, Fact

from ..replay import Look, Replay, rule, state

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def always(*words: str) -> Look:
    """One endpoint for each word."""
    return lambda _: [state(word, f"endpoint-{number}") for number, word in enumerate(words)]


def turning(period: float, begins: float = 0.0) -> Look:
    """Offline in every other period."""
    return lambda at: [state("offline" if at >= begins and (at - begins) // period % 2 == 0 else "healthy")]


def at_times(*spans: tuple[float, float], word: str = "offline", otherwise: str = "healthy") -> Look:
    return lambda at: [state(word if any(since <= at < until for since, until in spans) else otherwise)]


def test_what_is_well_is_not_told() -> None:
    assert Replay().run(DAY, always("healthy", "degraded", "unknown"), step=60).told == []


def test_an_incident_is_told_once_and_so_is_its_end() -> None:
    replay = Replay().run(2 * HOUR, at_times((600, 3600)))

    assert [(at, notice.kind) for at, notice in replay.told] == [(630, "alert"), (3630, "recovery")]
    alert, recovery = (notice for _, notice in replay.told)
    assert alert.title == "research-qa: offline"
    assert alert.text == "It is offline."
    assert recovery.title == "research-qa: well again"
    assert alert.incident == recovery.incident == replay.opened[0].id
    assert alert.key != recovery.key
    assert replay.closed == [alert.incident]


def test_a_second_incident_is_another_one() -> None:
    replay = Replay().run(4 * HOUR, at_times((0, 600), (7200, 7800)))

    assert replay.kinds == ["alert", "recovery"] * 2
    assert len({incident.id for incident in replay.opened}) == 2


def test_what_lasts_shorter_than_the_rule_says_is_not_told() -> None:
    replay = Replay([rule(minutes=10)]).run(HOUR, at_times((0, 590), (1200, 1790)))

    assert replay.told == []


def test_a_rule_with_minutes_waits_for_them() -> None:
    replay = Replay([rule(minutes=10)]).run(HOUR, at_times((0, HOUR)))

    assert [at for at, _ in replay.told] == [630]


FLAPPING = [
    pytest.param(10, 5, id="every round"),
    pytest.param(60, 8, id="every minute"),
    pytest.param(300, 8, id="every check"),
    pytest.param(2400, 8, id="every 40 minutes"),
    pytest.param(4200, 14, id="every 70 minutes"),
]


@pytest.mark.parametrize(("period", "most"), FLAPPING)
def test_flapping_for_a_day_causes_a_few_messages(period: float, most: int) -> None:
    replay = Replay().run(DAY, turning(period), step=10 if period < 60 else 30)

    assert 4 <= len(replay.told) <= most, replay.counts
    assert replay.counts["digest"] >= 4 or period > 3600


def test_a_flapping_of_every_check_is_told_as_it_is() -> None:
    replay = Replay().run(DAY, turning(300))

    assert replay.kinds == ["alert", "recovery", "alert", "recovery", *["digest"] * 4]
    assert "changed once" in replay.told[4][1].text
    assert "changed 72 times" in replay.told[5][1].text


def test_flapping_that_ends_is_told_once_more() -> None:
    well = Replay().run(2 * HOUR, turning(300)).run(3 * HOUR, always())
    assert well.kinds[-1] == "digest"
    replay = Replay().run(2 * HOUR, turning(300)).run(3 * HOUR, at_times())

    assert replay.kinds == ["alert", "recovery", "alert", "recovery", "digest", "recovery"]
    assert replay.closed[-1] == replay.opened[-1].id
    down = Replay().run(2 * HOUR, turning(300)).run(3 * HOUR, at_times((0, DAY)))
    assert down.kinds == ["alert", "recovery", "alert", "recovery", "digest", "alert"]


def test_a_mass_outage_is_told_in_two_messages_and_its_end_in_three() -> None:
    """A thousand endpoints, whose checks are spread over five minutes, go down one after the other."""

    def look(at: float) -> list[Fact]:
        down = {number for number in range(1000) if 60 + number * 0.3 <= at < 3660 + number * 0.3}
        return [state("offline" if number in down else "healthy", f"endpoint-{number}") for number in range(1000)]

    replay = Replay().run(1.5 * HOUR, look, step=30)

    assert replay.counts == {"alert": 2, "recovery": 3}
    assert len(replay.opened) == len(set(replay.closed)) == 1000
    first, second = (notice for _, notice in replay.told if notice.kind == "alert")
    assert int(first.facts["affected"]) + int(second.facts["affected"]) == 1000
    assert second.title == f"{second.facts['affected']} at once: offline"
    assert second.text.count("\n") == 20
    assert {notice.incident for _, notice in replay.told} == {first.incident, second.incident}


def test_a_mass_outage_that_begins_at_once_is_one_message() -> None:
    everything = [state("offline", f"endpoint-{number}") for number in range(1000)]
    replay = Replay().run(HOUR, lambda _: everything, step=60)

    assert replay.counts == {"alert": 1}
    assert replay.told[0][1].facts["affected"] == "1000"


def test_our_own_network_being_down_is_one_alert() -> None:
    """The self-check makes every endpoint unknown, which is neither good nor bad."""
    rules = [rule(), rule("network")]

    def look(at: float) -> list[Fact]:
        down = 600 <= at < 3600
        network = Fact("network", "network", "Our own network", "down" if down else "")
        word = "unknown" if down else "healthy"
        return [network, *(state(word, f"endpoint-{number}") for number in range(100))]

    replay = Replay(rules).run(2 * HOUR, look, step=30)

    assert [(notice.kind, notice.title) for _, notice in replay.told] == [
        ("alert", "Our own network: down"),
        ("recovery", "Our own network: well again"),
    ]


def test_what_is_unknown_in_the_middle_of_an_incident_ends_it_not() -> None:
    replay = Replay().run(HOUR, at_times((0, HOUR))).run(HOUR, always()).told
    assert len(replay) == 1
    again = Replay().run(HOUR, at_times((0, DAY)))
    again.run(HOUR, lambda _: [state("unknown")]).run(HOUR, at_times((0, DAY)))

    assert again.kinds == ["alert"]
    assert again.run(HOUR, at_times()).kinds == ["alert", "recovery"]


def test_nothing_is_told_in_maintenance() -> None:
    rules = [rule(remind_minutes=10)]

    def quiet(_: float) -> list[Fact]:
        return [state("offline", quiet=True)]

    assert Replay(rules).run(HOUR, quiet).run(HOUR, at_times()).told == []
    before = Replay(rules).run(5 * MINUTE, at_times((0, DAY))).run(3 * HOUR, quiet)
    assert before.kinds == ["alert"]
    assert before.run(5 * MINUTE, at_times()).kinds == ["alert", "recovery"]
    after = Replay(rules).run(HOUR, quiet).run(5 * MINUTE, at_times((0, DAY)))
    assert [(at, notice.kind) for at, notice in after.told] == [(3630, "alert")]


def test_a_restart_in_the_middle_of_an_incident_tells_nothing_again() -> None:
    """The memory goes through JSON, as it does in the store; an hour passes while nobody watches."""
    replay = Replay([rule(minutes=5)])
    for _ in range(6):
        replay.run(10 * MINUTE, at_times((0, 3600)))
        kept = {key: json.loads(json.dumps(asdict(each))) for key, each in replay.memory.episodes.items()}
        replay.memory = replace(replay.memory, episodes={key: episode_of(each) for key, each in kept.items()})
    assert replay.kinds == ["alert"]
    replay.now += timedelta(hours=1)
    replay.run(10 * MINUTE, at_times((0, DAY)))
    assert replay.kinds == ["alert"]
    replay.run(10 * MINUTE, at_times())
    assert replay.kinds == ["alert", "recovery"]


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_jumps_by_an_hour_makes_nothing_last_longer(hours: int) -> None:
    replay = Replay([rule(minutes=10, remind_minutes=60)]).run(5 * MINUTE, at_times((0, DAY)))
    replay.now += timedelta(hours=hours)
    replay.run(2 * MINUTE, at_times((0, DAY)))
    assert replay.told == []
    replay.run(53 * MINUTE, at_times((0, DAY)))
    assert replay.kinds == ["alert"]
    replay.now += timedelta(hours=hours)
    replay.run(5 * MINUTE, at_times((0, DAY)))
    assert replay.kinds == ["alert"]
    assert replay.run(HOUR, at_times((0, DAY))).kinds == ["alert", "reminder"]


def test_a_clock_that_jumps_makes_no_notice_twice() -> None:
    replay = Replay()
    for hours in (1, -1, 1, -1, 0):
        replay.run(HOUR, at_times((0, 2 * HOUR), (3 * HOUR, 4 * HOUR)))
        replay.now += timedelta(hours=hours)

    assert replay.kinds == ["alert", "recovery"] * 2
    assert len({notice.key for _, notice in replay.told}) == 4


def test_a_reminder_comes_as_often_as_the_rule_says_until_somebody_knows() -> None:
    replay = Replay([rule(remind_minutes=60)]).run(3.5 * HOUR, at_times((0, DAY)))
    assert replay.counts == {"alert": 1, "reminder": 3}
    assert replay.told[1][1].title == "Still: research-qa: offline"
    known = {key: replace(each, acknowledged=True) for key, each in replay.memory.episodes.items()}
    replay.memory = replace(replay.memory, episodes=known)
    replay.run(5 * HOUR, at_times((0, DAY)))
    assert replay.counts == {"alert": 1, "reminder": 3}
    assert replay.run(HOUR, at_times()).kinds[-1] == "recovery"
    assert replay.run(2 * HOUR, at_times((0, DAY))).counts == {"alert": 2, "reminder": 4, "recovery": 1}


def test_who_knows_gets_no_digest_but_is_told_the_end() -> None:
    replay = Replay().run(5 * MINUTE, at_times((0, DAY)))
    known = {key: replace(each, acknowledged=True) for key, each in replay.memory.episodes.items()}
    replay.memory = replace(replay.memory, episodes=known)
    assert replay.run(HOUR, turning(10)).kinds == ["alert"]
    assert replay.run(HOUR, at_times()).kinds == ["alert", "recovery"]
    assert replay.run(HOUR, turning(10)).kinds == ["alert", "recovery", "digest"]


RULES = [
    rule(id="all"),
    rule(id="tag", tag="science"),
    rule(id="one", endpoint_id="research-qa"),
]


@pytest.mark.parametrize(
    ("rules", "tags", "name", "expected"),
    [
        (RULES, ("science",), "research-qa", ["one"]),
        (RULES, ("science",), "another", ["tag"]),
        (RULES, (), "another", ["all"]),
        (RULES[1:], (), "another", []),
        ([RULES[0], rule(id="all too")], (), "another", ["all", "all too"]),
    ],
)
def test_of_several_rules_the_most_specific_hold(
    rules: list[AlertRule], tags: tuple[str, ...], name: str, expected: list[str]
) -> None:
    replay = Replay(rules).run(MINUTE, lambda _: [state("offline", name, tags=tags)])

    assert [incident.rule_id for incident in replay.opened] == expected


def other(trigger: str, word: str = "", days: float | None = None) -> Fact:
    return Fact(trigger, "subject", "Subject", word, "Said.", days)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "fact", "title"),
    [
        (rule("publication"), other("publication", "failed"), "Subject: failed"),
        (rule("publication"), other("publication", "drifted"), None),
        (rule("publication"), other("publication", "pending"), None),
        (
            rule("publication", words=("needs_republish",)),
            other("publication", "needs_republish"),
            "Subject: needs to be republished",
        ),
        (rule("marketplace"), other("marketplace", "error"), "Subject: in error"),
        (rule("marketplace"), other("marketplace"), None),
        (rule("expiry", days=14), other("expiry", days=14.5), None),
        (rule("expiry", days=14), other("expiry", days=13.9), "Subject: expires in 13 days"),
        (rule("expiry", days=14), other("expiry", days=0.5), "Subject: expires in 1 day"),
        (rule("expiry", days=14), other("expiry", days=-3), "Subject: expired"),
        (rule("expiry", days=14), other("expiry", "warning"), "Subject: needs attention"),
        (rule("credential_age", days=90), other("credential_age", days=89.9), None),
        (rule("credential_age", days=90), other("credential_age", days=91), "Subject: not changed for 91 days"),
        (rule("usage"), other("usage", "spike"), "Subject: unusually many queries"),
        (rule("usage", words=("spike",)), other("usage", "failing_tokens"), None),
        (rule("state", words=("degraded",)), state("degraded"), "research-qa: degraded"),
        (rule("state", words=("unknown",)), state("unknown"), "research-qa: unknown"),
    ],
)
def test_every_trigger_knows_what_is_not_well(one: AlertRule, fact: Fact, title: str | None) -> None:
    replay = Replay([one]).run(10 * MINUTE, lambda _: [fact])

    assert [notice.title for _, notice in replay.told] == ([title] if title else [])


def test_what_is_gone_is_closed_without_a_word() -> None:
    replay = Replay().run(HOUR, at_times((0, DAY))).run(HOUR, always())
    assert replay.closed == [replay.opened[0].id]
    assert replay.memory.episodes == {}
    without = Replay().run(HOUR, at_times((0, DAY)))
    without.rules = []
    without.run(HOUR, at_times((0, DAY)))

    assert (replay.kinds, without.kinds) == (["alert"], ["alert"])
    assert without.closed == [without.opened[0].id]


def test_a_pattern_that_shows_again_within_a_day_is_not_told_again() -> None:
    spike = Fact("usage", ":spike:", "All endpoints", "spike", "Many.")
    hourly = lambda at: [spike] if at // HOUR % 3 == 0 else []  # noqa: E731
    replay = Replay([rule("usage")]).run(2 * DAY, hourly, step=60)

    assert replay.kinds == ["alert"]
    assert replay.run(2 * DAY, always(), step=60).kinds == ["alert"]
    assert replay.run(HOUR, lambda _: [spike], step=60).kinds == ["alert", "alert"]


MOST_IN_SIX_HOURS = 14
"""Four messages and a digest, twice, with the calm hours between them, which grow."""


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["healthy", "offline", "unknown"]),
            st.booleans(),
            st.integers(-4000, 9000),
            st.integers(1, 40),
        ),
        max_size=60,
    )
)
def test_whatever_happens_messages_are_few_and_every_end_has_its_beginning(
    history: list[tuple[str, bool, int, int]],
) -> None:
    replay = Replay()
    for word, quiet, jump, rounds in history:
        replay.now += timedelta(seconds=jump)
        replay.run(rounds * 30.0, lambda _, word=word, quiet=quiet: [state(word, quiet=quiet)], step=30)  # type: ignore[misc]

    assert len(replay.told) <= MOST_IN_SIX_HOURS * (1 + replay.memory.lived / Manner().span)
    assert len({notice.key for _, notice in replay.told}) == len(replay.told)
    opened = {incident.id for incident in replay.opened}
    assert set(replay.closed) <= opened
    assert len(replay.closed) == len(set(replay.closed)) >= len(opened) - 1
