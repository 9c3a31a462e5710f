"""The kit can fail: each of these adapters breaks one rule, and the test that names the rule catches it."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import request as request_of_flask
from publicist.core.testing import Fault, MarketplaceContract, rules_of

from .adapters import KEY, Trial, parameters, prove, written
from .broken import MUTANTS, Mutant
from .overlaps import EVERYTHING, OVERLAPS

RULES = rules_of(MarketplaceContract)


def ids(given: dict[str, Any]) -> tuple[Any, ...]:
    """The arguments of a rule's test as a mutant names them: a fault by how it acts."""
    return tuple(value.act if isinstance(value, Fault) else value for value in given.values())


def prove_all(trial: Trial, rule: str, request: pytest.FixtureRequest, given: list[dict[str, Any]]) -> None:
    for one in given:
        prove(trial, rule, request, one)


def named(mutant: Mutant) -> str:
    return mutant.rule


@pytest.mark.parametrize("mutant", MUTANTS, ids=named)
def test_a_broken_rule_is_caught_by_the_test_that_names_it(
    tmp_path: Path, mutant: Mutant, request: pytest.FixtureRequest
) -> None:
    trial = Trial(written(tmp_path / "adapter", mutant))
    test = getattr(MarketplaceContract, f"test_{mutant.rule}")
    given = [one for one in parameters(test) if not mutant.args or mutant.args == ids(one)]
    try:
        with pytest.raises(pytest.fail.Exception) as raised:
            prove_all(trial, mutant.rule, request, given)
    finally:
        trial.bench.close()

    told, rule = str(raised.value), RULES[mutant.rule]
    assert told.startswith(f"Rule broken: {rule.promise}")
    assert f"\n  to do: {rule.remedy}\n  more:  docs/contract-kit.md#{rule.section}" in told


def test_every_rule_has_an_adapter_that_breaks_it() -> None:
    assert sorted(RULES) == sorted({mutant.rule for mutant in MUTANTS})


@pytest.mark.soak
@pytest.mark.parametrize("mutant", MUTANTS, ids=named)
def test_a_broken_rule_breaks_no_other_than_those_that_rest_on_it(
    tmp_path: Path, mutant: Mutant, request: pytest.FixtureRequest
) -> None:
    trial = Trial(written(tmp_path / "adapter", mutant))
    broken = set()
    try:
        for rule in RULES:
            for one in parameters(getattr(MarketplaceContract, f"test_{rule}")):
                try:
                    prove(trial, rule, request, one)
                except pytest.skip.Exception:
                    continue
                except pytest.fail.Exception:
                    broken.add(rule)
    finally:
        trial.bench.close()
    overlaps = OVERLAPS.get(mutant.rule, ())
    assert mutant.rule in broken
    assert overlaps == EVERYTHING or broken - {mutant.rule} <= set(overlaps)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    trial = Trial(written(tmp_path_factory.mktemp("sound") / "adapter"))
    yield trial
    trial.bench.close()


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_adapter_that_they_are_made_from_breaks_none(
    sound: Trial, rule: str, request: pytest.FixtureRequest
) -> None:
    for given in parameters(getattr(MarketplaceContract, f"test_{rule}")):
        prove(sound, rule, request, given)


def test_what_the_counterpart_says_in_the_same_process_is_not_taken_for_the_adapters(
    sound: Trial, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_app, said = sound.board.make_app, []

    def talkative(board: Any) -> Any:
        app = make_app(board)

        @app.before_request
        def tell() -> None:
            said.append(request_of_flask.headers["Authorization"])
            sys.stdout.write(said[-1])
            sys.stderr.write(said[-1])
            logging.getLogger("board").warning("%s", said[-1])

        return app

    monkeypatch.setattr(sound.board, "make_app", talkative)
    prove(sound, "nothing_logged_or_printed_shows_a_secret", request, {})
    assert f"Bearer {KEY}" in said
