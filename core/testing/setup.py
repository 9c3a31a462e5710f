"""What the tests of a contract are given: the plugins, the counterpart, and a link between them."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import pytest

from .bench import Bench, benches
from .counterpart import Counterpart
from .link import Link, connected
from .proxy import Proxy
from .rules import Broken


class ContractSetup:
    """The fixtures of a contract.

    Attributes:
        kind: the name of the kind under test.
        plugin: a module or an object with hooks that is not installed as a package; None where it is.
        environment: ``PUBLICIST_…`` variables that the plugins are to be loaded with.
    """

    kind: ClassVar[str]
    plugin: ClassVar[Any] = None
    environment: ClassVar[Mapping[str, str]] = {}

    @pytest.fixture
    def counterpart(self) -> Counterpart:
        """Start the counterpart; every test module has its own."""
        text = f"{type(self).__name__} has no fixture `counterpart`: yield a Counterpart(url, settings) from it."
        raise pytest.fail.Exception(text, pytrace=False)

    @pytest.fixture
    def bench(self, request: pytest.FixtureRequest) -> Bench:
        """Give the plugins and the store of this run."""
        return benches(request.config).bench(self.environment, self.plugin)

    @pytest.fixture
    def link(self, bench: Bench, counterpart: Counterpart) -> Iterator[Link]:
        """Connect the space to the counterpart, through a proxy."""
        kind = bench.kind(self.kind)
        proxy = Proxy(counterpart.url)
        try:
            yield connected(bench, kind, counterpart, proxy)
        except Broken as error:
            raise pytest.fail.Exception(f"{error.said[:1].upper()}{error.said[1:]}", pytrace=False) from None
        finally:
            proxy.stop()
