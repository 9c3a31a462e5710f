"""What a hook answers is checked against what it is to answer, inside of records, too."""

from datetime import UTC, datetime
from typing import Any

import pytest
from publicist.core.hookspecs import hookimpl
from publicist.core.hosting.hook_answers import sound, sound_answer
from publicist.core.hosting.plain_json import Unfit
from publicist.core.records import (
    Account,
    Asker,
    Availability,
    BackendAnswer,
    BackendHealth,
    Capabilities,
    CheckKind,
    Decision,
    Document,
    ExecutorKind,
    Feedback,
    MarketplaceKind,
    Payload,
    RemoteListing,
    TokenIssuer,
)
from publicist.core.records.values import Visibility
from publicist.core.redact import remember
from publicist.core.secrets import Secret
from publicist.core.services import Services

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LISTING = RemoteListing("1", "slug", {"name": "N"})


@pytest.mark.parametrize(
    ("hook", "answer"),
    [
        ("connect", Account("ann")),
        ("connect", Account("ann", capabilities=Capabilities())),
        ("slug_available", Availability(None, "who knows")),
        ("fetch_listings", [LISTING]),
        ("fetch_listings", []),
        ("find_listing", None),
        ("withdraw_listing", None),
        ("report_health", "3 taken"),
        ("check_backend", BackendHealth(True, "well", 3)),
        ("query_backend", BackendAnswer((Document("d", "c", 1),))),
        ("verify_token", Asker("m", "M", "s", expires_at=NOW)),
        ("executors", [ExecutorKind("a", "A")]),
        ("on_event", None),
    ],
)
def test_an_answer_is_taken(hook: str, answer: Any) -> None:
    assert sound_answer(hook, answer) == answer


def test_a_list_does_for_a_tuple_and_a_tuple_for_a_list() -> None:
    assert sound_answer("fetch_listings", (LISTING,)) == [LISTING]
    found = sound_answer("query_backend", BackendAnswer([Document("d", "c", 1)]))  # type: ignore[arg-type]
    assert found.documents == (Document("d", "c", 1),)


@pytest.mark.parametrize(
    ("hook", "answer", "said"),
    [
        ("connect", None, "nothing instead of an Account"),
        ("connect", "ann", "a str instead of an Account"),
        ("connect", Account(7), "an Account with an int instead of a str as its name"),  # type: ignore[arg-type]
        ("slug_available", True, "a bool instead of an Availability"),
        ("slug_available", Availability(1, ""), "as its available"),  # type: ignore[arg-type]
        ("fetch_listings", LISTING, "instead of a list of a RemoteListing"),
        ("fetch_listings", (item for item in [LISTING]), "a generator instead of a list"),
        ("fetch_listings", [LISTING, None], "a list with nothing instead of a RemoteListing"),
        ("fetch_listings", [RemoteListing("1", "s", {1: 2})], "a key that is no text"),  # type: ignore[dict-item]
        ("render_listing", Payload("s", {"a": {1, 2}}), "no JSON"),
        ("render_listing", Payload("s", {"a": float("nan")}), "no JSON"),
        ("withdraw_listing", False, "it returns nothing"),
        ("report_health", 3, "an int instead of a str"),
        ("check_policy", True, "a bool instead of a Decision"),
        ("check_policy", Decision("allowed", owed=1.5), "as its owed"),  # type: ignore[arg-type]
        ("marketplace_kinds", ["bulletin"], "a list with a str instead of a MarketplaceKind"),
        ("marketplace_kinds", [MarketplaceKind("a", "A", settings=("x",))], "as its settings"),  # type: ignore[arg-type]
        ("fetch_feedback", [Feedback], "a list with a type instead of a Feedback"),
        ("find_listing", False, "a bool instead of a RemoteListing or nothing"),
        ("token_issuer", TokenIssuer(None, ("ada",), {}), "as its issuer"),  # type: ignore[arg-type]
        ("token_issuer", TokenIssuer("hub", None, {}), "as its audiences"),  # type: ignore[arg-type]
        ("token_issuer", TokenIssuer("hub", (["ada"],), {}), "as its audiences"),  # type: ignore[arg-type]
        ("token_issuer", TokenIssuer("hub", ("ada",), []), "as its keys"),  # type: ignore[arg-type]
        ("token_issuer", TokenIssuer("hub", ("ada",), {"keys": [object()]}), "no JSON"),
    ],
)
def test_what_is_no_answer_is_told_with_where_it_is_wrong(hook: str, answer: Any, said: str) -> None:
    with pytest.raises(Unfit) as wrong:
        sound_answer(hook, answer)
    assert said in str(wrong.value)


def test_a_secret_that_is_no_answer_is_not_told_in_part() -> None:
    remember(Secret("hub-password-of-ada"))
    with pytest.raises(Unfit) as wrong:
        sound(Visibility, "x" * 50 + "hub-password-of-ada")
    assert "hub-" not in str(wrong.value)


@pytest.mark.parametrize("name", ["", "two words", "<b>", "a/b", "ä", "x" * 65, "new\nline"])
def test_a_kind_whose_name_cannot_stand_in_an_address_is_refused(services: Services, name: str) -> None:
    class Odd:
        @hookimpl
        def check_kinds(self) -> list[CheckKind]:
            return [CheckKind(name, "Odd")]

    services.plugins.add("odd", Odd())
    info = services.plugins.infos[-1]
    assert (info.name, info.state) == ("odd", "broken")
    assert "letters" in info.remedy
    assert name not in services.plugins.check_kinds
