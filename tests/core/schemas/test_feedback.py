"""What people may say of an endpoint: by the API strictly, by the form as browsers send it."""

from typing import Any

import pytest
from publicist.core.errors import InvalidInput
from publicist.core.records import FeedbackSummary
from publicist.core.schemas import feedback_summary_json, load_feedback, load_feedback_form
from publicist.core.schemas.feedback import FeedbackDraft


def test_a_rating_needs_stars_and_nothing_else() -> None:
    assert load_feedback({"kind": "rating", "rating": 4}) == FeedbackDraft("rating", 4, "", "")


def test_stars_are_welcome_with_any_kind() -> None:
    assert load_feedback({"kind": "comment", "rating": 5, "text": " Fine.\r\n "}).text == "Fine."


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "kind"),
        ({"kind": "praise"}, "kind"),
        ({"kind": "rating"}, "rating"),
        ({"kind": "rating", "rating": None}, "rating"),
        ({"kind": "rating", "rating": 0}, "rating"),
        ({"kind": "rating", "rating": 6}, "rating"),
        ({"kind": "rating", "rating": True}, "rating"),
        ({"kind": "rating", "rating": 4.0}, "rating"),
        ({"kind": "rating", "rating": "4"}, "rating"),
        ({"kind": "error_report"}, "text"),
        ({"kind": "error_report", "text": " \n "}, "text"),
        ({"kind": "comment", "text": "a\0b"}, "text"),
        ({"kind": "comment", "text": "x" * 2001}, "text"),
        ({"kind": "comment", "text": "a", "author": "Ada\nLovelace"}, "author"),
        ({"kind": "comment", "text": "a", "author": "x" * 81}, "author"),
        ({"kind": "comment", "text": "a", "email": "ada@example.org"}, "email"),
    ],
)
def test_what_does_not_do_is_told_by_field(data: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_feedback(data)
    assert list(caught.value.errors) == [field]


@pytest.mark.parametrize(("stars", "rating"), [("", None), ("1", 1), ("5", 5)])
def test_the_form_sends_texts(stars: str, rating: int | None) -> None:
    said = load_feedback_form({"kind": "comment", "rating": stars, "text": "Good.", "author": "", "submit": "Send"})
    assert (said.rating, said.text) == (rating, "Good.")


@pytest.mark.parametrize("stars", ["0", "6", "five", "٣", "05"])
def test_the_form_s_stars_are_judged_too(stars: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_feedback_form({"kind": "rating", "rating": stars})
    assert list(caught.value.errors) == ["rating"]


def test_the_numbers_name_every_kind_and_every_star() -> None:
    told = feedback_summary_json(FeedbackSummary({"rating": 3}, {5: 2, 2: 1}))
    assert told == {
        "kinds": {"rating": 3, "error_report": 0, "feature_request": 0, "comment": 0},
        "ratings": {"1": 0, "2": 1, "3": 0, "4": 0, "5": 2},
        "average_rating": 4.0,
    }
    assert feedback_summary_json(FeedbackSummary())["average_rating"] is None
