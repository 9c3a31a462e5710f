"""Records as JSON and back: what comes back is what was sent, or it is refused."""

import inspect
import json
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicist.core.errors import OutcomeUnknown, PluginFault, RateLimited, SlugConflict
from publicist.core.hookspecs import Call, Specs
from publicist.core.hosting.errors import told, untold
from publicist.core.hosting.hook_answers import hook_types
from publicist.core.isolation.frames import LARGEST, BadFrame, frame, receive
from publicist.core.isolation.parts import ASKED_BACK, CallParts
from publicist.core.isolation.wire import _reader, read, to_text, written
from publicist.core.records import (
    Asker,
    Backend,
    Capabilities,
    Decision,
    Document,
    Limits,
    MarketplaceKind,
    Message,
    Query,
    Reading,
    RemoteListing,
    SettingField,
)
from publicist.core.secrets import Secret

NOW = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)
RECORDS = [
    MarketplaceKind(
        "a", "A", settings=(SettingField("k", "K", secret=True),), limits=Limits(reserved_slugs=frozenset({"x"}))
    ),
    RemoteListing(
        "1", "slug", {"name": "Ünïcode \ud800 \U0001f600", "more": [1, 2.5, None, True, {"a": []}]}, active=False
    ),
    Backend(
        "http", "b", {"url": "u", "headers": {"X-Key": Secret("sesame-street"), "$odd": 1, "$$odd": {"$secret2": 2}}}
    ),
    Query((Message("user", "hi"),), documents=(Document("d", "c", 1, {"p": 3}),)),
    Asker("m", "M", "s", expires_at=NOW),
    Reading("s", "healthy", NOW, latency_ms=1.5),
    Decision("payment_required", owed=Decimal("0.50"), retry_after=3),
    Capabilities(tokens=True),
]
KEYS = st.text(max_size=9) | st.just("$secret")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_comes_back_as_it_was(record: Any) -> None:
    assert read(type(record), json.loads(to_text(written(record)))) == record


@given(JSON)
def test_any_json_comes_back_as_it_was(value: Any) -> None:
    listing = RemoteListing("1", "s", {"field": value})
    assert read(RemoteListing, json.loads(to_text(written(listing)))) == listing


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Message, {"role": "user"}),
        (Message, {"role": "user", "content": "c", "more": 1}),
        (Message, {"role": "user", "content": 3}),
        (Message, "user"),
        (Capabilities, {**written(Capabilities()), "health_batch": True}),
        (Asker, {**written(Asker("", "", "")), "expires_at": "2026-01-01T00:00:00"}),
        (Asker, {**written(Asker("", "", "")), "expires_at": "yesterday"}),
        (Decision, {**written(Decision("allowed")), "owed": "much"}),
        (Reading, {**written(Reading("s", "healthy", NOW)), "state": "fine"}),
        (Backend, {"kind": "k", "name": "n", "settings": {"a": {"$secret": 3}}}),
        (type(None), 1),
    ],
)
def test_what_is_not_the_record_is_refused(kind: Any, raw: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read(kind, raw)


@pytest.mark.parametrize("value", [object(), {"a": {1: 2}}, {"a": b"bytes"}, {"a": lambda: 1}])
def test_what_is_no_value_is_not_sent(value: Any) -> None:
    with pytest.raises(ValueError, match=r"cannot be sent|as a key"):
        written(value)


@pytest.mark.parametrize("hook", [name for name, item in vars(Specs).items() if inspect.isfunction(item)])
def test_everything_that_a_hook_is_given_and_answers_can_be_sent(hook: str) -> None:
    types = hook_types(hook)
    for name, annotation in types.items():
        if name not in ASKED_BACK:
            assert callable(_reader(CallParts if annotation is Call else annotation))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xff\xff\xff", "bytes"),
        (b"\x00\x00\x00\x02[]", "object"),
        (b"\x00\x00\x00\x02xx", "no JSON"),
        (b"\x00\x0f\x42\x40" + b"[" * 1_000_000, "no JSON"),
        (b"\x00\x3d\x09\x00" + b"," * 4_000_000, "values"),
    ],
)
def test_what_is_no_message_ends_the_conversation(data: bytes, said: str) -> None:
    with pytest.raises(BadFrame, match=said):
        receive(BytesIO(data))


@pytest.mark.parametrize("data", [b"", b"\x00\x00", b"\x00\x00\x00\x09{}"])
def test_what_breaks_off_is_the_end(data: bytes) -> None:
    assert receive(BytesIO(data)) is None


def test_a_message_that_is_too_large_is_not_sent() -> None:
    with pytest.raises(BadFrame):
        frame({"a": "x" * LARGEST})
    with pytest.raises(ValueError, match="compliant"):
        frame({"a": float("nan")})


def test_an_error_keeps_its_class_its_words_and_its_wait() -> None:
    slow = untold(told(RateLimited("slower", retry_after=3), "p"), "p")
    assert (type(slow), slow.message, getattr(slow, "retry_after", 0)) == (RateLimited, "slower", 3)
    taken = untold(told(SlugConflict("taken", errors={"slug": ["taken"]}, remedy="Another."), "p"), "p")
    assert (type(taken), taken.remedy, getattr(taken, "errors", {})) == (SlugConflict, "Another.", {"slug": ["taken"]})
    lost = untold(told(OutcomeUnknown("lost", cause="marketplace_unavailable"), "p"), "p")
    assert (type(lost), lost.cause_code) == (OutcomeUnknown, "marketplace_unavailable")


class Own(SlugConflict):
    """An error class of a plugin's own."""


def test_an_error_of_a_plugins_own_is_the_one_that_it_is_made_from() -> None:
    assert type(untold(told(Own("taken"), "p"), "p")) is SlugConflict


SLOW, TAKEN = told(RateLimited("x"), "p"), told(SlugConflict("x"), "p")


@pytest.mark.parametrize(
    "raw", [None, {}, {"class": "SystemExit"}, {**SLOW, "retry_after": "soon"}, {**TAKEN, "errors": {"a": "b"}}]
)
def test_an_error_that_is_none_is_a_fault(raw: Any) -> None:
    assert isinstance(untold(raw, "p"), PluginFault)
