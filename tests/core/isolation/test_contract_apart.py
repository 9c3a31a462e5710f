"""A plugin in a process of its own keeps the same contract: the kit runs on one as on any other."""

import sys
from collections.abc import Iterator

import pytest
from publicist.core.testing import Counterpart, MarketplaceContract

from ...plugins.custom.conftest import ACCOUNTS, KEY
from ...plugins.custom.counterpart import start_counterpart
from ...unruly.installing import install

APART = """
from dataclasses import replace
from publicist.core.hookspecs import hookimpl
from publicist.plugins.custom import *
from publicist.plugins.custom import hooks

@hookimpl
def marketplace_kinds():
    return [replace(hooks.KIND, name="apart")]
"""


@pytest.fixture(scope="module", autouse=True)
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The hooks of the kind `custom`, as somebody else's plugin."""
    folder = tmp_path_factory.mktemp("installed")
    install(folder, "apart", APART)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield
    assert "apart" not in sys.modules


@pytest.mark.soak
class TestApart(MarketplaceContract):
    kind = "apart"
    environment = {"PUBLICIST_PLUGINS": "apart", "PUBLICIST_ISOLATE": "*"}  # noqa: RUF012 - as an author writes it

    @pytest.fixture
    def counterpart(self) -> Iterator[Counterpart]:
        running = start_counterpart(accounts=ACCOUNTS)
        yield Counterpart(
            running.url,
            settings={"api_key": KEY},
            take_slug=running.insert,
            slugs=lambda: list(running.listings),
            health=lambda: {slug: reading["state"] for slug, reading in running.catalogue.health.items()},
        )
        running.stop()
