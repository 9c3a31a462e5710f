from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from publicist.core.records import ApiToken
from publicist.core.schemas import load_token, token_json

Faults = Callable[..., dict[str, list[str]]]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ID = "0a1b2c3d-e89b-12d3-a456-426614174000"


def test_a_token_gets_its_scopes_in_order_and_its_end_in_utc() -> None:
    draft = load_token({"name": "CI", "scopes": ["publish", "read"], "expires_at": "2026-03-02T00:00:00+01:00"}, NOW)
    assert (draft.name, draft.scopes) == ("CI", ("read", "publish"))
    assert (draft.expires_at, draft.expires_at and draft.expires_at.tzinfo) == (
        datetime(2026, 3, 1, 23, tzinfo=UTC),
        UTC,
    )
    assert load_token({"name": "CI", "scopes": ["admin"]}, NOW).expires_at is None


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": " "}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["read", "read"]}, "scopes"),
        ({"scopes": ["root"]}, "scopes.0"),
        ({"scopes": "read"}, "scopes"),
        ({"expires_at": "2026-03-01T12:00:00Z"}, "expires_at"),
        ({"expires_at": "2027-03-01T12:00:00"}, "expires_at"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"expires_at": "9999-12-31T23:59:59-12:00"}, "expires_at"),
        ({"expires_at": "0001-01-01T00:00:00+12:00"}, "expires_at"),
        ({"prefix": "x"}, "prefix"),
    ],
)
def test_a_wrong_token_request_is_told_by_field(faults: Faults, change: dict[str, Any], path: str) -> None:
    assert list(faults(load_token, {"name": "CI", "scopes": ["read"], **change}, NOW)) == [path]


def test_a_token_is_shown_by_its_prefix() -> None:
    shown = token_json(ApiToken(ID, "CI", "pub_abcd", ("read",), NOW, revoked_at=LATER))
    assert shown == {
        "id": ID,
        "name": "CI",
        "prefix": "pub_abcd",
        "scopes": ["read"],
        "created_at": "2026-03-01T12:00:00+00:00",
        "expires_at": None,
        "last_used_at": None,
        "revoked_at": "2026-03-01T13:00:00+00:00",
    }
