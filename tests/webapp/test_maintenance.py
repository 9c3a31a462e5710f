"""Maintenance announced, shown and ended through the API."""

import uuid
from collections.abc import Callable
from typing import Any

from ..clock import START, Clock
from .site import Site, good, problem

Described = Callable[..., dict[str, Any]]
PATH = "/maintenance"
SOON = {"starts_at": "2026-03-01T14:00:00+01:00", "ends_at": "2026-03-01T15:00:00Z", "note": "Moving the index"}


def test_a_window_is_announced_shown_and_taken_back(site: Site, described: Described, clock: Clock) -> None:
    good(site.owner.post("/endpoints", described()), 201)
    made = good(site.caller("publish").post(PATH, {"endpoint_slug": "research-qa", **SOON}), 201)

    assert made == {
        "id": made["id"],
        "endpoint_slug": "research-qa",
        "starts_at": "2026-03-01T13:00:00+00:00",
        "ends_at": "2026-03-01T15:00:00+00:00",
        "note": "Moving the index",
        "active": False,
        "recurs": None,
    }
    assert good(site.caller("read").get(PATH))["items"] == [made]
    clock.move(hours=1)
    assert good(site.caller("read").get(PATH))["items"] == [{**made, "active": True}]
    path, longer = f"{PATH}/{made['id']}", {"ends_at": "2026-03-01T18:00:00+00:00", "note": "It takes longer"}
    assert good(site.caller("publish").patch(path, longer)) == {**made, **longer, "active": True}
    problem(site.caller("read").patch(path, longer), 403)
    for field, value in (("ends_at", None), ("ends_at", "2026-03-01T12:30:00Z"), ("starts_at", longer["ends_at"])):
        assert field in problem(site.owner.patch(path, {field: value}), 422)["errors"]
    assert site.caller("publish").delete(f"{PATH}/{made['id']}").status_code == 204
    problem(site.owner.patch(path, longer), 404)
    assert good(site.caller("read").get(PATH))["total"] == 0


def test_without_a_start_and_an_endpoint_it_holds_now_and_for_all(site: Site) -> None:
    made = good(site.owner.post(PATH, {"ends_at": "2026-03-01T13:00:00Z"}), 201)

    assert (made["starts_at"], made["endpoint_slug"], made["active"]) == (START.isoformat(), None, True)


def test_windows_are_listed_by_their_start_in_pages(site: Site) -> None:
    for hour in (16, 14, 15):
        times = {"starts_at": f"2026-03-01T{hour}:00:00Z", "ends_at": "2026-03-02T00:00:00Z"}
        good(site.owner.post(PATH, times), 201)

    pages = [good(site.owner.get(PATH, params={"page": number, "per_page": 2})) for number in (1, 2)]

    assert [[each["starts_at"][11:13] for each in page["items"]] for page in pages] == [["14", "15"], ["16"]]
    assert pages[0]["total"] == 3


def test_what_cannot_be_announced_is_refused(site: Site) -> None:
    assert "ends_at" in problem(site.owner.post(PATH, {}), 422)["errors"]
    assert "ends_at" in problem(site.owner.post(PATH, {"ends_at": "2026-03-01T13:00:00"}), 422)["errors"]
    assert "until" in problem(site.owner.post(PATH, {"until": "2026-03-01T13:00:00Z"}), 422)["errors"]
    problem(site.owner.post(PATH, {"endpoint_slug": "no-such", **SOON}), 404)
    problem(site.owner.delete(f"{PATH}/{uuid.uuid4()}"), 404)
    assert good(site.owner.get(PATH))["total"] == 0


def test_a_reader_may_only_look(site: Site) -> None:
    made = good(site.owner.post(PATH, SOON), 201)
    reader = site.caller("read")

    problem(reader.post(PATH, SOON), 403)
    problem(reader.delete(f"{PATH}/{made['id']}"), 403)
    problem(site.caller().get(PATH), 401)
    assert good(reader.get(PATH))["total"] == 1


def test_a_window_may_recur(site: Site, clock: Clock) -> None:
    recurs = {"every": "weekly", "on": ["sun", "wed"], "at": "14:00", "zone": "Europe/Berlin", "minutes": 60}

    made = good(site.owner.post(PATH, {"recurs": recurs}), 201)

    assert made["recurs"] == {"every": "weekly", "cron": "0 14 * * wed,sun", "zone": "Europe/Berlin", "minutes": 60}
    assert (made["starts_at"], made["active"]) == ("2026-03-01T13:00:00+00:00", False)
    clock.move(hours=1.5)
    assert good(site.owner.get(PATH))["items"] == [{**made, "active": True}]
    clock.move(hours=1)
    assert good(site.owner.get(PATH))["items"][0]["starts_at"] == "2026-03-04T13:00:00+00:00"
    assert site.owner.delete(f"{PATH}/{made['id']}").status_code == 204
    assert good(site.owner.get(PATH))["total"] == 0
