"""Whatever happens, in whatever order: once it is over, the marketplaces show exactly what is wanted."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from .machine import machine
from .places import Place

QUIET = list(HealthCheck)
SHORT = settings(
    max_examples=5, stateful_step_count=25, derandomize=True, deadline=None, suppress_health_check=QUIET, database=None
)
LONG = settings(max_examples=1500, stateful_step_count=40, deadline=None, suppress_health_check=QUIET, print_blob=True)


def test_what_is_listed_in_the_end_is_what_is_wanted(places: list[Place]) -> None:
    run_state_machine_as_test(machine(places), settings=SHORT)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_what_is_listed_in_the_end_is_what_is_wanted_for_long(places: list[Place]) -> None:
    run_state_machine_as_test(machine(places), settings=LONG)
