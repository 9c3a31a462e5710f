from collections.abc import Callable

import pluggy
import pytest
from publicist.core.errors import NotSupported
from publicist.core.hookspecs import PROJECT, Specs
from publicist.core.records import BackendHealth
from publicist.plugins import backends

from .conftest import Ask


def test_the_plugin_implements_hooks_and_nothing_else_by_a_hook_s_name() -> None:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Specs)
    manager.register(backends, name="backends")
    manager.check_pending()
    assert {caller.name for caller in manager.get_hookcallers(backends) or []} == set(backends.__all__)


def test_the_kinds_are_offered_with_their_settings() -> None:
    offered = {
        kind.name: [(field.name, field.required, field.secret) for field in kind.settings]
        for kind in backends.backend_kinds()
    }
    assert offered == {
        "http": [
            ("url", True, False),
            ("health_url", False, False),
            ("headers", False, True),
            ("timeout", False, False),
            ("forward", False, False),
        ],
        "documents": [("path", True, False)],
        "openai": [
            ("url", True, False),
            ("model", True, False),
            ("api_key", False, True),
            ("system_prompt", False, False),
            ("timeout", False, False),
            ("parameters", False, False),
        ],
    }


def test_another_kind_is_not_supported(check: Callable[..., BackendHealth], ask: Ask) -> None:
    with pytest.raises(NotSupported, match="'oracle'"):
        check("oracle")
    with pytest.raises(NotSupported, match="'oracle'"):
        ask("oracle", "Who?")
