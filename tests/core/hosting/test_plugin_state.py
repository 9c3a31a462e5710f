"""How plugins do, in a whole space: shown as faulty, kept for other processes, disabled, examined, reinstalled."""

import json
import logging
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pluggy
import pytest
from publicist.core.errors import PluginFault
from publicist.core.hookspecs import Specs, hookspec
from publicist.core.hosting import manager, switch
from publicist.core.hosting.freeze import requirements
from publicist.core.hosting.manager import build_manager
from publicist.core.isolation import IsolatedPlugin
from publicist.core.records import MarketplaceKind
from publicist.core.services import Services
from publicist.core.settings import Settings

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, opened, publish, rows
from ...unruly.installing import install, install_unruly

manager_hook = pluggy.HookimplMarker("publicist")
HOOK = "from publicist.core.hookspecs import hookimpl\n"
OLD = (
    HOOK + "import warnings\nwarnings.warn('old_way goes', DeprecationWarning)\n@hookimpl\ndef on_event(event): pass\n"
)
Open = Callable[..., Services]


@pytest.fixture
def open_space(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open the same space again and again, with the misbehaving plugins installed."""
    install_unruly(tmp_path / "installed", monkeypatch)
    with ExitStack() as stack:
        yield lambda **more: stack.enter_context(opened(tmp_path / "space", clock, **more))


def names(services: Services, level: str = "fail") -> set[tuple[str, str]]:
    return {(found.plugin, found.code) for found in services.plugin_doctor.findings() if found.level == level}


@pytest.mark.parametrize("isolate", ["*", "none"])
def test_a_plugin_that_fails_harms_nobody_is_shown_and_can_be_disabled(
    open_space: Open, catalogues: Callable[..., Counterpart], isolate: str
) -> None:
    services = open_space(PUBLICIST_PLUGINS="unruly", PUBLICIST_ISOLATE=isolate)
    hub = catalogues()
    add_marketplace(services, "Hub", hub.url)
    add_marketplace(services, "Bad", "http://127.0.0.1:9", "unruly", api_key="a-key-for-it", settings={"how": "raise"})
    add_endpoint(services)
    results = publish(services, wait=5)
    assert results["Hub"].success
    assert not results["Bad"].success
    row = rows(services)["Bad"]
    assert row
    assert row.error
    assert row.error.cause == "plugin_fault"
    info = services.plugin_switch.offer("unruly").info
    assert (info.state, info.isolated) == ("faulty", isolate == "*")
    assert info.last_failure
    assert info.last_failure.hook == "create_listing"
    assert "KeyError" in info.last_failure.traceback
    assert ("unruly", "failing") in names(services)

    other = open_space(PUBLICIST_PLUGINS="unruly", PUBLICIST_ISOLATE="none")
    assert other.plugin_switch.offer("unruly").info.last_failure == info.last_failure
    other.plugin_switch.disable("unruly")
    assert other.plugin_switch.offer("unruly").info.state == "disabled"
    assert not any(found.plugin == "unruly" for found in other.plugin_doctor.findings())
    with pytest.raises(PluginFault, match="disabled"):
        other.plugins.call("unruly", "fetch_listings", 1)
    assert other.plugin_switch.enable("unruly").info.last_failure is None


def test_a_disabled_plugin_s_process_ends_and_an_enabled_one_gets_another(open_space: Open) -> None:
    services = open_space(PUBLICIST_PLUGINS="unruly", PUBLICIST_ISOLATE="*")
    plugin = services.plugins.loaded["unruly"]
    assert isinstance(plugin, IsolatedPlugin)
    before = plugin.pid
    services.plugin_switch.disable("unruly")
    assert plugin.pid is None
    services.plugin_switch.enable("unruly")
    assert services.plugins.call("unruly", "marketplace_kinds", 20)
    assert plugin.pid not in {None, before}


def test_whoever_disables_or_enables_a_plugin_renews_its_process_in_every_process(
    open_space: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = open_space(PUBLICIST_PLUGINS="unruly", PUBLICIST_ISOLATE="*")
    monkeypatch.setattr(switch, "FRESH_SECONDS", 0.0)  # this one looks at each call
    monkeypatch.setattr(switch, "WATCH_SECONDS", 0.01)
    idle = open_space(PUBLICIST_PLUGINS="unruly", PUBLICIST_ISOLATE="*")
    other = open_space(PUBLICIST_PLUGINS="unruly", PUBLICIST_ISOLATE="none")
    plugin, resting = services.plugins.loaded["unruly"], idle.plugins.loaded["unruly"]
    assert isinstance(plugin, IsolatedPlugin)
    assert isinstance(resting, IsolatedPlugin)
    for turn in ("disable and enable", "enable"):  # too fast to be seen as disabled, or never disabled at all
        before = plugin.pid
        if turn != "enable":
            other.plugin_switch.disable("unruly")
        other.plugin_switch.enable("unruly")
        assert services.plugins.call("unruly", "marketplace_kinds", 20)
        assert plugin.pid not in {None, before}
    until(lambda: resting.pid is None)  # it was not asked for anything


def until(so: Callable[[], bool]) -> None:
    ends, pause = time.monotonic() + 20, threading.Event()
    while not so():
        assert time.monotonic() < ends, "it did not come to that"
        pause.wait(0.01)


def test_a_failure_is_over_once_the_hook_works(open_space: Open) -> None:
    services = open_space(PUBLICIST_PLUGINS="unruly")
    with pytest.raises(PluginFault):
        services.plugins.call("unruly", "check_policy", 5, policy=None, endpoint=None, asker=None, query=None)
    assert services.plugin_switch.offer("unruly").info.state == "faulty"
    services.plugins.faults.worked("unruly", "check_policy")
    info = services.plugin_switch.offer("unruly").info
    assert (info.state, info.failures) == ("active", 1)


def test_a_broken_plugin_that_is_disabled_is_not_loaded_again(open_space: Open, tmp_path: Path) -> None:
    mark = tmp_path / "imported"
    install(tmp_path / "installed", "torn", f"open({str(mark)!r}, 'a').write('x')\nraise ImportError('torn')")
    services = open_space(PUBLICIST_PLUGINS="torn")
    assert services.plugin_switch.offer("torn").info.state == "broken"
    assert services.plugin_switch.disable("torn").info.state == "disabled"
    assert services.plugin_doctor.findings() == []
    assert mark.read_text() == "x"
    later = open_space(PUBLICIST_PLUGINS="torn")
    assert later.plugin_switch.offer("torn").info.state == "disabled"
    assert mark.read_text() == "x"
    later.plugin_switch.enable("torn")
    assert open_space(PUBLICIST_PLUGINS="torn").plugin_switch.offer("torn").info.state == "broken"
    assert mark.read_text() == "xx"


@pytest.mark.parametrize("isolate", ["*", "none"])
def test_a_plugin_for_newer_hooks_is_refused_with_what_to_do(open_space: Open, tmp_path: Path, isolate: str) -> None:
    install(tmp_path / "installed", "newer", HOOK + "publicist_hooks = 99\n@hookimpl\ndef on_event(event): pass\n")
    install(tmp_path / "installed", "odd", "publicist_hooks = 'two'\n")
    services = open_space(PUBLICIST_PLUGINS="newer,odd", PUBLICIST_ISOLATE=isolate)
    info = services.plugin_switch.offer("newer").info
    assert info.state == "broken"
    assert "hooks of version 99; this publicist has version 1" in info.traceback
    assert "Upgrade publicist" in info.remedy
    assert {("newer", "newer"), ("odd", "broken")} <= names(services)


@pytest.mark.parametrize("isolate", ["*", "none"])
def test_what_a_plugin_is_warned_of_is_shown_and_breaks_nothing(
    open_space: Open, tmp_path: Path, isolate: str, caplog: pytest.LogCaptureFixture
) -> None:
    install(tmp_path / "installed", "old", OLD)
    with caplog.at_level(logging.WARNING):
        services = open_space(PUBLICIST_PLUGINS="old", PUBLICIST_ISOLATE=isolate)
    info = services.plugin_switch.offer("old").info
    assert (info.state, info.warnings) == ("active", ("old_way goes",))
    assert "old_way goes" in caplog.text
    assert ("old", "deprecated") in names(services, "warn")


def test_a_deprecated_hook_and_parameter_warn_its_author(monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(Specs):
        @hookspec(warn_on_impl=DeprecationWarning("on_event goes: use on_events"))
        def on_event(self, event: Any) -> None: ...

        @hookspec(warn_on_impl_args={"slug": DeprecationWarning("slug goes: use name")})
        def slug_available(self, marketplace: Any, slug: str, call: Any) -> Any: ...

    monkeypatch.setattr(manager, "Specs", Later)
    plugins = build_manager(Settings(plugins=""))
    module: dict[str, Any] = {}
    exec(HOOK + "@hookimpl\ndef on_event(event): pass\n@hookimpl\ndef slug_available(slug): pass\n", module)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plugins.add(
            "old", type("Old", (), {name: staticmethod(module[name]) for name in ("on_event", "slug_available")})()
        )
    info = plugins.infos[-1]
    assert info.state == "active"
    assert set(info.warnings) == {"on_event goes: use on_events", "slug goes: use name"}


def test_the_doctor_names_what_is_wrong_and_what_to_do(open_space: Open, tmp_path: Path) -> None:
    with_kind = "from publicist.core.records import *\n@hookimpl\ndef marketplace_kinds():\n    return [MarketplaceKind"
    install(tmp_path / "installed", "clash", HOOK + with_kind + "('custom', 'C')]\n")
    install(
        tmp_path / "installed",
        "lacking",
        HOOK + with_kind + "('lacking', 'L', capabilities=Capabilities(tokens=True))]\n",
    )
    services = open_space(
        PUBLICIST_PLUGINS="clash,lacking,unruly,absent", PUBLICIST_ISOLATE="unruly,-nobody", PUBLICIST_EXECUTOR="queue"
    )
    marketplace = add_marketplace(services, "Gone", "http://127.0.0.1:9", "unruly", api_key="a-key-for-it")
    found = services.plugin_doctor.findings()
    assert names(services) >= {
        ("clash", "clash"), ("lacking", "missing_hook"), ("unruly", "missing_hook"), ("absent", "not_installed"),
        ("queue", "no_executor"),
    }  # fmt: skip
    assert names(services, "warn") >= {("unruly", "left_out"), ("nobody", "not_installed")}
    assert any("token_issuer, verify_token" in each.message for each in found)
    assert any("fetch_feedback" in each.message for each in found if each.plugin == "unruly")
    assert all(each.remedy for each in found)
    later = open_space(PUBLICIST_PLUGINS="")
    gone = [each for each in later.plugin_doctor.findings() if each.code == "gone"]
    assert len(gone) == 1
    assert marketplace.name in gone[0].message


def test_no_built_in_lacks_a_hook_that_it_needs(services: Services) -> None:
    assert services.plugin_doctor.findings() == []


def test_plugins_freeze_to_requirements(open_space: Open, tmp_path: Path) -> None:
    install(tmp_path / "installed", "from_git", OLD)
    git = {"url": "https://ann:sesame@git.example/it", "vcs_info": {"vcs": "git", "commit_id": "abc"}}
    (tmp_path / "installed" / "from_git-1.2.dist-info" / "direct_url.json").write_text(json.dumps(git))
    services = open_space(PUBLICIST_PLUGINS="from_git,unruly,wrecker")
    assert list(requirements(services.plugins.infos)) == [
        "from_git @ git+https://***@git.example/it@abc",
        "unruly==1.2",
        "wrecker==1.2",
    ]


def test_a_plugin_in_this_process_gets_copies(services: Services) -> None:
    class Keeper:
        kept: Any = None
        seen: Any = None

        @manager_hook
        def marketplace_kinds(self) -> list[MarketplaceKind]:
            return [MarketplaceKind("kept", "Kept")]

        @manager_hook
        def on_event(self, event: Any) -> None:
            event["what"] = "changed"

    given = {"what": "as it was"}
    services.plugins.add("keeper", Keeper())
    services.plugins.call("keeper", "on_event", 5, event=given)
    assert given == {"what": "as it was"}
