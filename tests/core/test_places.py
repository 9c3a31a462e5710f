from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet
from publicist.core.places import Places
from publicist.core.settings import load_settings


def write(path: Path, **networks: Any) -> Path:
    """Write a file of countries: ``networks`` are records by the name of a network in ``NETWORKS``."""
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="GeoLite2-Country")
    for name, record in networks.items():
        writer.insert_network(IPSet([NETWORKS[name]]), record)
    writer.to_db_file(str(path))
    return path


NETWORKS = {"first": "81.2.69.0/24", "second": "2001:470::/32", "third": "89.160.20.0/24"}
FIRST, SECOND, THIRD = "81.2.69.142", "2001:470::17", "89.160.20.112"


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
