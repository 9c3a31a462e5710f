"""What is believed of a token, and every way in which one can be wrong."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm
from publicist.core.errors import NotAuthenticated
from publicist.core.queries.satellite import LONGEST, read_claims, read_header, verify
from publicist.core.records import TokenIssuer

from .minting import Mint, encoded, jwk, signing_key

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HUB = Mint()


def reason_of(token: str, *issuers: TokenIssuer, now: datetime = NOW) -> str:
    with pytest.raises(NotAuthenticated) as caught:
        verify(token, [(number, issuer) for number, issuer in enumerate(issuers or (HUB.shown,))], now)
    assert len(token) < 9 or token not in caught.value.message
    return caught.value.reason


def test_a_sound_token_tells_who_vouches_for_whom() -> None:
    vouching, claims = verify(HUB.token(NOW), [("hub", HUB.shown)], NOW)

    assert (vouching, claims["sub"], claims["role"]) == ("hub", "7", "user")
    assert read_header(HUB.token(NOW)) == "hub-key-1"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (HUB.forged, "invalid_signature"),
        (HUB.unsigned, "invalid_algorithm"),
        (HUB.by_public_key, "invalid_algorithm"),
        (Mint("second").token, "invalid_signature"),
        (Mint(kid="another").token, "unknown_key"),
        (Mint(audience="eve").token, "audience_mismatch"),
        (Mint(issuer="https://elsewhere.example").token, "invalid_issuer"),
        (lambda now: HUB.token(now - timedelta(seconds=90)), "token_expired"),
        (lambda now: HUB.token(now + timedelta(seconds=31)), "not_yet_valid"),
        (lambda now: HUB.token(now, nbf=now.timestamp() + 31), "not_yet_valid"),
        (lambda now: HUB.token(now)[:-42], "invalid_signature"),
        (lambda now: HUB.token(now).rpartition(".")[0] + ".", "invalid_signature"),
        (lambda now: HUB.token(now, aud=["eve", "mallory"]), "audience_mismatch"),
    ],
)
def test_a_token_that_does_not_hold_is_refused_with_its_reason(make: Callable[[datetime], str], reason: str) -> None:
    assert reason_of(make(NOW)) == reason


@pytest.mark.parametrize(
    "changed",
    [
        {"sub": None},
        {"sub": 7},
        {"sub": ""},
        {"sub": "\ud800"},
        {"iss": None},
        {"aud": None},
        {"aud": []},
        {"aud": {"ada": 1}},
        {"exp": None},
        {"exp": "4000000000"},
        {"exp": True},
        {"exp": 1e300},
        {"exp": -1},
        {"iat": None},
        {"nbf": "soon"},
    ],
)
def test_a_token_without_sound_claims_is_malformed(changed: dict[str, Any]) -> None:
    token = jwt.encode({"pad": 1}, signing_key("first"), algorithm="RS256", headers={"kid": HUB.kid})
    header = token.split(".")[0]
    claims = {name: value for name, value in {**HUB.claims(NOW), **changed}.items() if value is not None}
    assert reason_of(f"{header}.{encoded(claims)}.{'A' * 342}") == "malformed"


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "a.b.c",
        "Bearer x",
        "é" * 20,
        "\ud800.\ud800.",
        "a" * (LONGEST + 1),
        f"{encoded([1])}.{encoded({})}.x",
        f"{encoded({'alg': 'RS256'})}.{encoded({})}.x",
        f"{encoded({'alg': 'RS256', 'kid': ''})}.{encoded({})}.x",
        f"{encoded({'alg': 'RS256', 'kid': 7})}.{encoded({})}.x",
        f"{encoded({'alg': 'RS256', 'kid': 'k', 'crit': ['exp']})}.{encoded({})}.x",
        f"{encoded({'alg': 'RS256', 'kid': 'k'})}.{encoded(b'[' * 5000)}.x",
        f"{encoded(b'[' * 5000)}.{encoded({})}.x",
        f"{encoded({'alg': 'RS256', 'kid': 'k'})}.{encoded(b'9' * 5000)}.x",
        f"{encoded({'alg': 'RS256', 'kid': 'k'})}.{encoded([1])}.x",
        HUB.token(NOW, pad="x" * LONGEST),
    ],
)
def test_what_is_no_token_is_malformed(token: str) -> None:
    assert reason_of(token) == "malformed"


@given(st.text(max_size=200) | st.builds(".".join, st.lists(st.text("eyJ0aW_-", max_size=20), min_size=3, max_size=3)))
def test_nothing_but_a_refusal_comes_of_nonsense(token: str) -> None:
    with pytest.raises(NotAuthenticated):
        read_claims(token)


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_other_algorithms_of_the_same_key_are_refused(algorithm: str) -> None:
    token = jwt.encode(HUB.claims(NOW), HUB.private, algorithm=algorithm, headers={"kid": HUB.kid})
    assert reason_of(token) == "invalid_algorithm"


@pytest.mark.parametrize(
    "changed",
    [
        {"use": "enc"},
        {"alg": "RS512"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"kty": "oct"},
        {"n": 5},
        {"n": "A" * 4000},
        {"n": "%%%"},
        {"e": "A" * 500},
        {"d": "AQAB"},
    ],
)
def test_a_key_that_may_not_sign_proves_nothing(changed: dict[str, Any]) -> None:
    keys = {"keys": [jwk(HUB.private, HUB.kid, **changed)]}
    assert reason_of(HUB.token(NOW), Mint(keys=keys).shown) == "unknown_key"


def test_a_key_of_another_type_or_too_weak_proves_nothing() -> None:
    curve = json.loads(ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key()))
    weak = signing_key("weak", 1024)
    keys = {"keys": [{**curve, "kid": HUB.kid}, jwk(weak, HUB.kid), "no key", None]}
    assert reason_of(HUB.token(NOW), Mint(keys=keys).shown) == "unknown_key"


@pytest.mark.parametrize("keys", [{}, {"keys": None}, {"keys": {"kid": "hub-key-1"}}, {"keys": []}])
def test_a_key_set_that_is_none_proves_nothing(keys: dict[str, Any]) -> None:
    assert reason_of(HUB.token(NOW), TokenIssuer(HUB.issuer, ("ada",), keys)) == "unknown_key"


def test_of_several_keys_of_one_id_the_one_that_signed_is_found() -> None:
    keys = {"keys": [jwk(signing_key("second"), HUB.kid), jwk(HUB.private, HUB.kid)]}
    assert verify(HUB.token(NOW), [("hub", Mint(keys=keys).shown)], NOW)[0] == "hub"


def test_hubs_that_share_an_issuer_are_told_apart_by_key_and_by_audience() -> None:
    other_hub, other_account = Mint("second"), Mint(audience="grace")
    issuers = [("first", HUB.shown), ("second", other_hub.shown), ("account", other_account.shown)]

    for mint, name in ((HUB, "first"), (other_hub, "second"), (other_account, "account")):
        assert verify(mint.token(NOW), issuers, NOW)[0] == name
    assert reason_of(other_hub.token(NOW, aud="grace"), *(issuer for _, issuer in issuers)) == "invalid_signature"


def test_an_issuer_without_a_name_or_an_audience_matches_nothing() -> None:
    assert reason_of(HUB.token(NOW), TokenIssuer("", ("ada",), HUB.shown.keys)) == "invalid_issuer"
    assert reason_of(HUB.token(NOW), TokenIssuer(HUB.issuer, (), HUB.shown.keys)) == "audience_mismatch"
    with pytest.raises(NotAuthenticated, match="No marketplace"):
        verify(HUB.token(NOW), [], NOW)


@given(st.integers(-200, 200))
def test_a_token_holds_for_its_minute_and_half_a_minute_around_it(late: int) -> None:
    token, then = HUB.token(NOW), NOW + timedelta(seconds=late)
    if -30 <= late < 90:
        assert verify(token, [("hub", HUB.shown)], then)
    else:
        assert reason_of(token, now=then) == ("token_expired" if late > 0 else "not_yet_valid")


def test_a_token_for_several_is_for_us_as_well() -> None:
    assert verify(HUB.token(NOW, aud=["eve", "ada"]), [("hub", HUB.shown)], NOW)
