import math
from collections.abc import Callable
from typing import Any

import pytest
from publicist.core.schemas import Targets, load_publish, load_unpublish

Faults = Callable[..., dict[str, list[str]]]
ID = "0a1b2c3d-e89b-12d3-a456-426614174000"
OTHER_ID = "223e4567-e89b-12d3-a456-426614174000"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"publish_to_all_marketplaces": True}, Targets(True)),
        ({"publish_to_all_marketplaces": True, "marketplace_ids": None}, Targets(True)),
        ({"publish_to_all_marketplaces": False, "marketplace_ids": [ID]}, Targets(False, (ID,))),
        ({"marketplace_ids": [OTHER_ID.upper(), ID]}, Targets(False, (OTHER_ID, ID))),
        (
            {"publish_to_all_marketplaces": True, "wait": 0, "dry_run": True, "force": True},
            Targets(True, wait=0, dry_run=True, force=True),
        ),
        ({"publish_to_all_marketplaces": True, "wait": 60}, Targets(True, wait=60)),
    ],
)
def test_a_publish_body_says_all_or_which(body: dict[str, Any], expected: Targets) -> None:
    assert load_publish(body) == expected


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"publish_to_all_marketplaces": True, "marketplace_ids": [ID]}, "marketplace_ids"),
        ({"publish_to_all_marketplaces": True, "marketplace_ids": []}, "marketplace_ids"),
        ({}, "marketplace_ids"),
        ({"publish_to_all_marketplaces": False}, "marketplace_ids"),
        ({"marketplace_ids": None}, "marketplace_ids"),
        ({"marketplace_ids": []}, "marketplace_ids"),
        ({"marketplace_ids": [ID, OTHER_ID, ID.upper()]}, "marketplace_ids"),
        ({"marketplace_ids": ID}, "marketplace_ids"),
        ({"marketplace_ids": [ID, "syfthub"]}, "marketplace_ids.1"),
        ({"marketplace_ids": [ID + "\n"]}, "marketplace_ids.0"),
        ({"marketplace_ids": [ID.replace("-", "")]}, "marketplace_ids.0"),
        ({"marketplace_ids": [7]}, "marketplace_ids.0"),
        ({"marketplace_ids": [str(number) for number in range(101)]}, "marketplace_ids"),
        ({"publish_to_all_marketplaces": "true"}, "publish_to_all_marketplaces"),
        ({"publish_to_all_marketplaces": 1}, "publish_to_all_marketplaces"),
        ({"publish_to_all_marketplaces": None}, "publish_to_all_marketplaces"),
        ({"publish_to_all_marketplaces": True, "wait": 61}, "wait"),
        ({"publish_to_all_marketplaces": True, "wait": -1}, "wait"),
        ({"publish_to_all_marketplaces": True, "wait": "5"}, "wait"),
        ({"publish_to_all_marketplaces": True, "wait": True}, "wait"),
        ({"publish_to_all_marketplaces": True, "wait": math.nan}, "wait"),
        ({"publish_to_all_marketplaces": True, "dry_run": "yes"}, "dry_run"),
        ({"publish_to_all_marketplaces": True, "publish_to_all": True}, "publish_to_all"),
        (None, "body"),
    ],
)
def test_a_publish_body_that_could_be_misread_is_refused(faults: Faults, body: Any, field: str) -> None:
    assert list(faults(load_publish, body)) == [field]


def test_repeated_ids_are_named(faults: Faults) -> None:
    (sentence,) = faults(load_publish, {"marketplace_ids": [ID, OTHER_ID, ID]})["marketplace_ids"]
    assert ID in sentence
    assert OTHER_ID not in sentence


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, Targets(True)),
        ({}, Targets(True)),
        ({"publish_to_all_marketplaces": True}, Targets(True)),
        ({"marketplace_ids": [ID], "wait": 5}, Targets(False, (ID,), wait=5)),
    ],
)
def test_an_unpublish_body_may_be_left_out(body: Any, expected: Targets) -> None:
    assert load_unpublish(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        {"publish_to_all_marketplaces": False},
        {"marketplace_ids": []},
        {"publish_to_all_marketplaces": True, "marketplace_ids": [ID]},
    ],
)
def test_an_unpublish_body_that_contradicts_itself_is_refused(faults: Faults, body: Any) -> None:
    assert list(faults(load_unpublish, body)) == ["marketplace_ids"]
