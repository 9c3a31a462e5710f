import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from publicist.core.schemas import read_url


@pytest.mark.parametrize(
    ("entered", "clean"),
    [
        ("https://hub.example", "https://hub.example"),
        ("https://hub.example/\n", "https://hub.example"),
        (" HTTPS://Hub.Example:8443/API/v1// ", "https://hub.example:8443/API/v1"),
        ("http://[::1]:9000/", "http://[::1]:9000"),
        ("http://localhost:9000", "http://localhost:9000"),
        ("http://bücher.example", "http://bücher.example"),
    ],
)
def test_an_address_is_tidied(entered: str, clean: str) -> None:
    assert read_url(entered) == clean
    assert read_url(clean) == clean


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hub.example",
        "//hub.example",
        "ftp://hub.example",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://user@hub.example",
        "https://user:secret@hub.example",
        "https://hub.example?x=1",
        "https://hub.example?",
        "https://hub.example/#top",
        "https://hub.example#",
        "https://hub.example:0",
        "https://hub.example:65536",
        "https://hub.example:",
        "https://hub.example:80:80",
        "https://hub..example",
        "https://hub example",
        "https://hub.example/a b",
        "https://hub.exa\tmple",
        "https://hub.example\\@evil.example",
        "https://[::1",
        "https://[::1]evil",
        "https://[fe80::1%25eth0]",
        "https://[zz]",
        "https://" + "a" * 64 + ".example",
        "https://hub.example/" + "a" * 500,
    ],
)
def test_what_is_no_plain_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match=r"[.]$") as caught:
        read_url(url)
    assert "secret" not in str(caught.value)


@settings(deadline=None)
@given(st.text(max_size=40).map("http://{}".format) | st.text(max_size=40))
def test_an_address_that_was_accepted_is_accepted_again_as_it_is(text: str) -> None:
    try:
        clean = read_url(text)
    except ValueError:
        return
    assert read_url(clean) == clean
    assert clean.startswith(("http://", "https://"))
