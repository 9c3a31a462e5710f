"""What a histogram tells of latencies is close to the truth, and never outside of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.usage.latencies import BOUNDS, bound_of, percentile


@pytest.mark.parametrize(
    ("latency", "bound"), [(0.0, 1), (1.0, 1), (1.01, 2), (10.0, 10), (99.0, 100), (120_000.0, 120_000), (1e9, 120_000)]
)
def test_a_latency_falls_into_the_first_bucket_that_holds_it(latency: float, bound: int) -> None:
    assert bound_of(latency) == bound


@pytest.mark.parametrize(
    ("buckets", "share", "latency"),
    [
        ({}, 0.5, None),
        ({10: 0}, 0.5, None),
        ({1: 4}, 0.5, 0.5),
        ({10: 1}, 0.5, 8.5),
        ({10: 50, 100: 50}, 0.5, 10.0),
        ({10: 90, 100: 10}, 0.95, 85.0),
        ({100: 10, 10: 90}, 0.95, 85.0),
    ],
)
def test_a_percentile_lies_where_its_share_of_the_answers_ends(
    buckets: dict[int, int], share: float, latency: float | None
) -> None:
    found = percentile(buckets, share)
    assert found == (None if latency is None else pytest.approx(latency))


@given(
    st.lists(st.floats(min_value=0.001, max_value=BOUNDS[-1]), min_size=1),
    st.sampled_from([0.05, 0.5, 0.95, 1.0]),
)
def test_a_percentile_is_in_the_bucket_of_the_true_one(latencies: list[float], share: float) -> None:
    buckets: dict[int, int] = {}
    for latency in latencies:
        buckets[bound_of(latency)] = buckets.get(bound_of(latency), 0) + 1
    found = percentile(buckets, share)
    place = next(index for index in range(len(latencies)) if index + 1 >= share * len(latencies))
    assert found is not None
    assert bound_of(found) == bound_of(sorted(latencies)[place])
