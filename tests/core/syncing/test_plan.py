"""Plans, as tables of lists in and lists out, and as invariants over random states."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.records import Payload, RemoteListing
from publicist.core.syncing.plan import Action, Drift, HeldRow, Holdings, Plan, apply_policy, make_plan

US, OTHERS = "us", "others"


def shown(remote_id: str, slug: str, maker: str | None = US, **fields: Any) -> RemoteListing:
    return RemoteListing(remote_id, slug, {"name": slug, **fields}, installation_id=maker)


def wanted(slug: str, **fields: Any) -> Payload:
    return Payload(slug, {"name": slug, **fields})


def row(key: str, slug: str, remote_id: str | None = None, **more: Any) -> HeldRow:
    known = frozenset({remote_id} if remote_id else ())
    return HeldRow(key, slug, confirmed=remote_id, remote_ids=known, **more)


def plan(payloads: dict[str, Payload], listings: list[RemoteListing], *rows: HeldRow, **more: Any) -> Plan:
    return make_plan(payloads, listings, Holdings(US, rows, **more))


def steps(made: Plan) -> list[tuple[str, str]]:
    return [(action.kind, action.slug) for action in made.actions]


PAPERS = {"p": wanted("papers")}


@pytest.mark.parametrize(
    ("payloads", "listings", "rows", "expected"),
    [
        ({}, [], [], []),
        (PAPERS, [shown("r1", "papers")], [row("p", "papers", "r1")], [("keep", "papers")]),
        (PAPERS, [shown("r1", "papers", name="x")], [row("p", "papers", "r1")], [("update", "papers")]),
        (PAPERS, [], [row("p", "papers", "r1")], [("restore", "papers")]),
        (PAPERS, [], [row("p", "papers")], [("create", "papers")]),
        (PAPERS, [shown("r9", "papers")], [row("p", "papers", "r1")], [("adopt", "papers")]),
        (PAPERS, [shown("r9", "papers")], [row("p", "papers")], [("adopt", "papers")]),
        (PAPERS, [shown("r9", "papers", OTHERS)], [row("p", "papers")], []),
        (PAPERS, [shown("r9", "papers", None)], [row("p", "papers")], []),
        (PAPERS, [shown("r1", "papers", None)], [row("p", "papers", "r1")], [("keep", "papers")]),
        ({}, [shown("r1", "papers")], [row("p", "papers", "r1")], [("withdraw", "papers")]),
        ({}, [shown("r9", "papers")], [row("p", "papers")], [("withdraw", "papers")]),
        ({}, [], [row("p", "papers", "r1")], []),
        ({}, [shown("r9", "lost")], [], [("withdraw", "lost")]),
        ({}, [shown("r9", "theirs", OTHERS), shown("r8", "unsaid", None)], [], []),
        (PAPERS, [shown("r9", "papers")], [row("p", "papers", busy=True)], []),
        (PAPERS, [shown("r1", "papers", name="x")], [row("p", "papers", "r1", busy=True)], []),
    ],
)
def test_a_plan_tells_what_closes_the_gap(
    payloads: dict[str, Payload], listings: list[RemoteListing], rows: list[HeldRow], expected: list[tuple[str, str]]
) -> None:
    assert steps(plan(payloads, listings, *rows)) == expected


def test_drift_is_told_per_field_with_both_values_and_hidden_fields_are_not_compared() -> None:
    payloads = {"p": wanted("papers", tags=["a"], policies=[1])}
    made = plan(payloads, [shown("r1", "papers", tags=["b"])], row("p", "papers", "r1"))
    assert made.actions[0].drift == (Drift("tags", ["a"], ["b"]),)


def test_others_listings_are_told_with_whether_they_are_ignored() -> None:
    listings = [shown("r2", "b", OTHERS), shown("r1", "a", None)]
    made = plan({}, listings, ignored=frozenset({"r2"}))
    assert [(item.slug, item.installation_id, item.ignored) for item in made.unowned] == [
        ("a", None, False),
        ("b", OTHERS, True),
    ]


def test_a_slug_that_another_has_blocks_only_its_own_publication() -> None:
    payloads = {"p": wanted("papers"), "m": wanted("maps")}
    made = plan(payloads, [shown("r9", "papers", OTHERS)], row("p", "papers"), row("m", "maps"))
    assert (steps(made), made.blocked) == ([("create", "maps")], ("p",))


def test_actions_are_sorted_and_the_order_of_what_goes_in_makes_no_difference() -> None:
    payloads = {name: wanted(name) for name in "abcd"}
    listings = [shown("r2", "b", name="x"), shown("r1", "a", name="x"), shown("r9", "z"), shown("r8", "y", None)]
    rows = [row("d", "d"), row("b", "b", "r2"), row("a", "a", "r1"), row("c", "c", "r3")]
    made = plan(payloads, listings, *rows)
    assert steps(made) == [("create", "d"), ("restore", "c"), ("update", "a"), ("update", "b"), ("withdraw", "z")]
    assert make_plan(dict(reversed(payloads.items())), listings[::-1], Holdings(US, tuple(rows[::-1]))) == made


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("full", ["create", "update", "withdraw", "withdraw", "withdraw"]),
        ("no_withdraw", ["create", "update", "withdraw", "withdraw"]),
        ("create_only", ["create", "withdraw", "withdraw"]),
    ],
)
def test_a_policy_filters_the_plan_but_never_an_unpublish_or_an_orphan(policy: Any, expected: list[str]) -> None:
    listings = [shown("r1", "a", name="x"), shown("r2", "asked"), shown("r3", "left"), shown("r4", "orphan")]
    rows = [row("a", "a", "r1"), row("b", "asked", "r2"), row("c", "left", "r3", given_up=True), row("n", "n")]
    made = plan({"a": wanted("a"), "n": wanted("n")}, listings, *rows)
    assert [action.kind for action in apply_policy(made, policy).actions] == expected


@pytest.mark.parametrize(
    ("orphans", "kept", "needs"), [(3, 0, False), (4, 0, True), (4, 16, False), (5, 16, True), (1, 100, False)]
)
def test_more_withdrawals_than_three_and_a_fifth_need_a_person(orphans: int, kept: int, needs: bool) -> None:
    listings = [shown(f"o{n}", f"orphan-{n}") for n in range(orphans)] + [shown(f"k{n}", f"k-{n}") for n in range(kept)]
    payloads = {f"k{n}": wanted(f"k-{n}") for n in range(kept)}
    made = plan(payloads, listings, *(row(f"k{n}", f"k-{n}", f"k{n}") for n in range(kept)))
    assert made.needs_confirmation is needs


def test_a_plan_s_id_changes_with_what_it_says_and_with_what_it_was_made_from() -> None:
    base = plan(PAPERS, [], row("p", "papers"))
    assert base.id == plan(PAPERS, [], row("p", "papers")).id
    others = [
        plan({"p": wanted("papers", name="new")}, [], row("p", "papers")),
        plan(PAPERS, [], row("p", "papers", rev=1)),
        plan(PAPERS, [shown("r9", "another", OTHERS)], row("p", "papers")),
    ]
    assert len({base.id, *(made.id for made in others)}) == 4


SLUGS = st.sampled_from(["a", "b", "c", "d", "e"])
LISTINGS = st.lists(
    st.builds(
        lambda slug, maker, name: shown(f"r-{slug}", slug, maker, name=name),
        SLUGS,
        st.sampled_from([US, US, OTHERS, None]),
        st.sampled_from(["a", "b", "x"]),
    ),
    unique_by=lambda item: item.slug,
)
STATES = st.tuples(st.sets(SLUGS), st.sets(SLUGS), LISTINGS)


def state(wishes: set[str], known: set[str], listings: list[RemoteListing]) -> tuple[dict[str, Payload], Holdings]:
    """Return wishes and rows; a row knows its listing only where that is not another space's."""
    others = {item.slug for item in listings if item.installation_id == OTHERS}
    rows = tuple(row(slug, slug, f"r-{slug}" if slug in known - others else None) for slug in sorted(wishes | known))
    return {slug: wanted(slug) for slug in wishes}, Holdings(US, rows)


def applied(
    made: Plan, payloads: dict[str, Payload], listings: list[RemoteListing], held: Holdings
) -> tuple[list[RemoteListing], Holdings]:
    """Do what a plan says, and keep the rows as a worker would."""
    there, rows = {item.remote_id: item for item in listings}, {item.key: item for item in held.rows}
    for action in made.actions:
        if action.kind == "withdraw":
            del there[action.remote_id]
            continue
        remote_id = f"n-{action.slug}" if action.kind in ("create", "restore") else action.remote_id
        there[remote_id] = shown(remote_id, action.slug, **payloads[action.key].fields)
        rows[action.key] = row(action.key, action.slug, remote_id)
    kept = {item.key: item if item.key in payloads else row(item.key, item.slug) for item in rows.values()}
    return list(there.values()), replace(held, rows=tuple(kept.values()))


@given(STATES)
def test_applying_a_plan_gives_a_state_whose_plan_is_empty(
    drawn: tuple[set[str], set[str], list[RemoteListing]],
) -> None:
    payloads, held = state(*drawn)
    made = make_plan(payloads, drawn[2], held)
    listings, after = applied(made, payloads, drawn[2], held)
    assert make_plan(payloads, listings, after).changes == ()


@given(STATES)
def test_no_action_ever_names_a_listing_that_we_did_not_make(
    drawn: tuple[set[str], set[str], list[RemoteListing]],
) -> None:
    payloads, held = state(*drawn)
    made = make_plan(payloads, drawn[2], held)
    known = {remote_id for item in held.rows for remote_id in item.remote_ids}
    others = {item.remote_id for item in drawn[2] if item.installation_id != US} - known
    assert not others & {action.remote_id for action in made.actions}
    assert {item.remote_id for item in made.unowned} == others
    assert not [action for action in made.actions if isinstance(action, Action) and action.slug == ""]
