"""Where queries come from: the asker's own address, the proxy's word for it, or a marketplace's server."""

from pathlib import Path

import pytest

from ...countries import FIRST, write
from ..site import good
from .conftest import SLUG, World


@pytest.fixture
def environment(tmp_path: Path, request: pytest.FixtureRequest) -> dict[str, str]:
    countries = write(tmp_path / "countries.mmdb", first={"country": {"iso_code": "GB"}})
    return {"PUBLICIST_GEOIP_DATABASE": str(countries), **request.param}


def countries(world: World) -> dict[str, int]:
    world.site.services.usage.flush()
    told = good(world.site.owner.get(f"/endpoints/{SLUG}/usage"))["countries"]
    return {row["country"] or "unknown": row["queries"] for row in told}


PROXY = {"PUBLICIST_TRUSTED_PROXY": "127.0.0.1"}


@pytest.mark.parametrize(
    ("environment", "headers", "body", "country"),
    [
        (PROXY, {"X-Forwarded-For": FIRST}, {}, "GB"),
        (PROXY, {"X-Forwarded-For": f"9.9.9.9, {FIRST}"}, {}, "GB"),
        (PROXY, {}, {}, "unknown"),
        ({}, {"X-Forwarded-For": FIRST}, {}, "unknown"),
        (PROXY, {"X-Forwarded-For": FIRST, "X-Correlation-ID": "1"}, {}, "unknown"),
        (PROXY, {"X-Forwarded-For": FIRST}, {"include_metadata": True}, "unknown"),
        (PROXY, {"X-Forwarded-For": FIRST}, {"include_metadata": True, "user_email": "bob@example.org"}, "GB"),
    ],
    indirect=["environment"],
)
def test_the_country_is_that_of_whoever_asked_or_unknown(
    offered: World, headers: dict[str, str], body: dict[str, object], country: str
) -> None:
    assert offered.ask(offered.token(), headers=headers, **body).status_code == 200

    assert countries(offered) == {country: 1}
