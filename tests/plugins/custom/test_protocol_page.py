"""docs/marketplace-protocol.md: its examples are one session, and are replayed against the counterpart."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from .catalogue import SENT
from .counterpart import Counterpart, start_counterpart

PAGE = Path(__file__).parents[3] / "docs" / "marketplace-protocol.md"


@dataclass(frozen=True)
class Message:
    first: str
    headers: dict[str, str]
    body: Any


def message(block: str) -> Message:
    head, _, body = block.partition("\n\n")
    first, *lines = head.splitlines()
    headers = dict(line.split(": ", 1) for line in lines)
    return Message(first, headers, json.loads(body) if body.strip() else None)


def examples() -> list[tuple[Message, Message]]:
    blocks = [message(block) for block in re.findall(r"```http\n(.*?)```", PAGE.read_text(), re.DOTALL)]
    return list(zip(blocks[::2], blocks[1::2], strict=True))


@pytest.fixture
def empty_catalogue() -> Iterator[Counterpart]:
    running = start_counterpart(accounts={"key-of-ada": "ada"})
    yield running
    running.stop()


def test_the_examples_of_the_page_hold_word_for_word(empty_catalogue: Counterpart) -> None:
    counterpart = empty_catalogue
    told = {question.first.partition("?")[0]: answer.body for question, answer in examples()}
    counterpart.catalogue.usage.extend(told["GET /usage"]["items"])
    counterpart.catalogue.feedback.extend(told["GET /feedback"]["items"])
    for question, answer in examples():
        method, path = question.first.split(" ")
        got = requests.request(method, counterpart.url + path, headers=question.headers, json=question.body, timeout=10)
        assert f"HTTP/1.1 {got.status_code}" == answer.first[:12], question.first
        assert got.headers.get("Content-Type") == answer.headers.get("Content-Type") or got.status_code == 204
        assert (got.json() if got.content else None) == answer.body, question.first


def test_every_route_of_the_page_has_an_example() -> None:
    table = re.findall(r"^\| `([A-Z]+) /([a-z]*)", PAGE.read_text(), re.MULTILINE)
    shown = {tuple(re.match(r"([A-Z]+) /([a-z]*)", question.first).groups()) for question, _ in examples()}
    assert set(table) == shown


def test_every_field_of_a_listing_is_explained() -> None:
    rows = re.findall(r"^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \| (?:string|list|boolean)", PAGE.read_text(), re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    assert explained == {*SENT, "id", "active", "url"}
