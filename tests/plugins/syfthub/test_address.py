import pytest
from publicist.plugins.syfthub.address import hub_root, origin, path, same


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://space.example", "https://space.example"),
        ("https://space.example/", "https://space.example"),
        (" HTTPS://Space.Example:443/sub/ ", "https://space.example"),
        ("http://space.example:80", "http://space.example"),
        ("https://space.example:80", "https://space.example:80"),
        ("http://127.0.0.1:8080/sub?x=1#y", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("tunneling:ada", "tunneling:ada"),
        ("", ""),
        ("http://space.example:port", "http://space.example:port"),
        ("http://[broken", "http://[broken"),
        ("nonsense", "nonsense"),
    ],
)
def test_an_origin_is_scheme_host_and_port(address: str, expected: str) -> None:
    assert origin(address) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://space.example", ""),
        ("https://space.example/", ""),
        ("https://space.example/sub", "/sub"),
        ("https://space.example/sub/", "/sub/"),
        ("/sub", "/sub"),
        ("sub/deep", "/sub/deep"),
        ("", ""),
        ("http://[broken/sub", "/http://[broken/sub"),
    ],
)
def test_a_path_begins_with_a_slash_or_is_empty(address: str, expected: str) -> None:
    assert path(address) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("https://space.example", "HTTPS://SPACE.example:443/", True),
        ("https://space.example/sub", "https://space.example/sub/", True),
        ("https://space.example/sub", "https://space.example", False),
        ("https://space.example", "http://space.example", False),
        ("https://space.example", "https://space.example:8443", False),
        ("tunneling:ada", "tunneling:ada", True),
        ("tunneling:ada", "tunneling:grace", False),
    ],
)
def test_two_spellings_of_one_address_are_the_same(one: str, other: str, expected: bool) -> None:
    assert same(one, other) is expected


@pytest.mark.parametrize("given", ["https://hub.example", "https://hub.example/", "https://hub.example/api/v1"])
def test_the_hub_is_found_by_any_of_its_addresses(given: str) -> None:
    assert hub_root(given) == "https://hub.example"
