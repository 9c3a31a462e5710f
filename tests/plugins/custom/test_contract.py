"""The kind ``custom`` keeps the contract of a marketplace kind."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from publicist.core.testing import Counterpart, MarketplaceContract

from .conftest import ACCOUNTS, KEY
from .counterpart import Counterpart as Catalogue
from .counterpart import start_counterpart


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    running = start_counterpart(accounts=ACCOUNTS)
    yield running
    running.stop()


class TestCustom(MarketplaceContract):
    kind = "custom"

    @pytest.fixture
    def counterpart(self, catalogue: Catalogue) -> Counterpart:
        return Counterpart(
            catalogue.url,
            settings={"api_key": KEY},
            take_slug=catalogue.insert,
            slugs=lambda: list(catalogue.listings),
            health=lambda: {slug: reading["state"] for slug, reading in catalogue.catalogue.health.items()},
            say=lambda slug, stars, text: said(catalogue, slug, stars, text),
        )


def said(catalogue: Catalogue, slug: str, stars: int, text: str) -> None:
    entries: list[dict[str, Any]] = catalogue.catalogue.feedback
    at = datetime.now(UTC).isoformat()
    entries.append({"id": f"f-{len(entries)}", "slug": slug, "at": at, "kind": "rating", "rating": stars, "text": text})
