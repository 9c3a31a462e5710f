from pathlib import Path

import pytest
from publicist.core.queries.places import Places
from publicist.core.settings import load_settings

from ...countries import FIRST, SECOND, THIRD, write


def places(path: Path | str = "") -> Places:
    return Places(load_settings({"PUBLICIST_GEOIP_DATABASE": str(path)}))


@pytest.fixture
def countries(tmp_path: Path) -> Path:
    return write(
        tmp_path / "countries.mmdb",
        first={"country": {"iso_code": "gb"}},
        second={"registered_country": {"iso_code": "US"}},
        third={"country": {"geoname_id": 5}, "continent": "EU"},
    )


@pytest.mark.parametrize(
    ("address", "country"),
    [
        (FIRST, "GB"),
        (f"::ffff:{FIRST}", "GB"),
        (SECOND, "US"),
        (THIRD, ""),
        ("8.8.8.8", ""),
        ("127.0.0.1", ""),
        ("10.1.2.3", ""),
        ("", ""),
        ("no address", ""),
    ],
)
def test_the_country_of_an_address(countries: Path, address: str, country: str) -> None:
    assert places(countries).country_of(address, from_marketplace=False) == country


def test_a_marketplace_s_server_says_nothing_of_the_asker(countries: Path) -> None:
    assert places(countries).country_of(FIRST, from_marketplace=True) == ""


def test_without_a_file_every_country_is_unknown() -> None:
    known = places()

    assert (known.country_of(FIRST, from_marketplace=False), known.problem) == ("", "")


def test_a_file_that_is_replaced_is_taken_up(countries: Path, tmp_path: Path) -> None:
    known = places(countries)
    assert known.country_of(FIRST, from_marketplace=False) == "GB"

    write(tmp_path / "new.mmdb", first={"country": {"iso_code": "FR"}}).rename(countries)

    assert known.country_of(FIRST, from_marketplace=False) == "FR"


def test_a_file_that_is_none_or_gone_is_told_once_and_harms_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "broken.mmdb"
    broken.write_bytes(b"no countries here" * 100)
    known = places(broken)

    assert [known.country_of(FIRST, from_marketplace=False) for _ in range(3)] == ["", "", ""]
    assert "no MaxMind file" in known.problem
    broken.unlink()
    assert [known.country_of(FIRST, from_marketplace=False) for _ in range(3)] == ["", "", ""]
    assert "cannot be read" in known.problem
    assert len(caplog.messages) == 2

    write(broken, first={"country": {"iso_code": "GB"}})
    assert (known.country_of(FIRST, from_marketplace=False), known.problem) == ("GB", "")


def test_a_file_that_is_gone_for_a_while_does_not_take_its_countries_along(countries: Path) -> None:
    known = places(countries)
    aside = countries.rename(countries.with_suffix(".aside"))

    assert known.country_of(FIRST, from_marketplace=False) == "GB"
    assert "cannot be read" in known.problem
    aside.rename(countries)
    assert known.country_of(FIRST, from_marketplace=False) == "GB"
    assert known.problem == ""
