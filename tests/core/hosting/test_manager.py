"""Plugins as they are installed: found by their entry points, loaded one by one, broken ones shown."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from publicist.core.errors import MarketplaceUnavailable, NotFound, NotSupported, PluginFault
from publicist.core.hosting.guard import MAX_HANGING, Guard
from publicist.core.hosting.manager import PluginInfo, Plugins, build_manager
from publicist.core.settings import Settings

Load = Callable[..., Plugins]
GOOD = """
from publicist.core.hookspecs import hookimpl
from publicist.core.records import MarketplaceKind, Payload

@hookimpl
def marketplace_kinds():
    return [MarketplaceKind(name="bulletin", title="Bulletin board")]

@hookimpl
def render_listing(marketplace, listing):
    return Payload(slug=listing.slug, fields={"name": listing.name})
"""
HOOK = "from publicist.core.hookspecs import hookimpl\n"
BROKEN = {
    "raises": "raise RuntimeError('at import')",
    "exits": "import sys; sys.exit(3)",
    "no_syntax": "def (",
    "misspelt": HOOK + "@hookimpl\ndef marketplace_kindz():\n    return []\n",
    "wrong_parameter": HOOK + "@hookimpl\ndef slug_available(marketplace, slugg):\n    return None\n",
    "wrong_type": HOOK + "@hookimpl\ndef marketplace_kinds():\n    return ['bulletin']\n",
    "raising_kinds": HOOK + "@hookimpl\ndef marketplace_kinds():\n    raise KeyError('x')\n",
    "getattr": GOOD + "def __getattr__(name):\n    raise RuntimeError('nothing to see')\n",
    "dir": GOOD + "def __dir__():\n    raise SystemExit('nothing to see')\n",
    "leaves": "import sys\ndel sys.modules[__name__]\n",
    "odd_object": "import sys\nclass Odd:\n    def __getattribute__(self, name):\n        raise KeyboardInterrupt\n"
    "sys.modules[__name__] = Odd()\n",
    "odd_version": "class Odd(int):\n    __gt__ = __lt__ = __str__ = None\npublicist_hooks = Odd(1)\n",
    "odd_signature": HOOK + "def connect(*, marketplace):\n    return None\nconnect.publicist_impl = {'specname': 7}\n",
    "not_raised": "from publicist.core.errors import RejectedError\nraise RejectedError('at import')\n",
    "odd_pattern": GOOD.replace("Payload", "Limits, Payload").replace(
        'title="Bulletin board"', 'title="B", limits=Limits(slug_pattern="(")'
    ),
    "odd_limits": GOOD.replace("Payload", "Limits, Payload").replace(
        'title="Bulletin board"', 'title="B", limits=Limits(rate=0)'
    ),
    "stolen_kind": GOOD.replace("bulletin", "syfthub"),
    "stolen_policy": HOOK
    + "from publicist.core.records import PolicyType as Type\n"
    + "@hookimpl\ndef policy_types():\n    return [Type('access', '')]\n",
}


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Put a package with an entry point beside publicist, as `pip install` would."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def installed(name: str, source: str) -> None:
        (tmp_path / f"{name}.py").write_text(source)
        info = tmp_path / f"{name}-1.2.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[publicist]\n{name} = {name}\n")
        sys.modules.pop(name, None)

    return installed


@pytest.fixture
def load() -> Iterator[Load]:
    """Load plugins as some settings say, and end their processes after the test."""
    with ExitStack() as stack:

        def loaded(**settings: Any) -> Plugins:
            plugins = build_manager(Settings(**settings))
            stack.callback(plugins.close)
            return plugins

        yield loaded


def info(plugins: Plugins, name: str) -> PluginInfo:
    return next(item for item in plugins.infos if item.name == name)


def test_the_built_ins_come_through_the_same_door() -> None:
    plugins = build_manager(Settings(plugins=""))
    assert {item.name: item.state for item in plugins.infos if "described" not in item.name} == {
        "syfthub": "active",
        "custom": "active",
        "localhub": "active",
        "backends": "active",
        "checks": "active",
        "notifiers": "active",
        "apprise": "active",
        "webapp": "active",
    }
    assert {"syfthub", "custom"} <= set(plugins.marketplace_kinds)


@pytest.mark.parametrize("isolate", ["none", "*"])
def test_an_installed_plugin_is_found_by_its_entry_point(
    install: Callable[[str, str], None], load: Load, isolate: str
) -> None:
    install("bulletin_board", GOOD)
    plugins = load(isolate=isolate)
    found = info(plugins, "bulletin_board")
    assert (found.version, found.state, found.kinds) == ("1.2", "active", ("bulletin",))
    assert found.hooks == ("marketplace_kinds", "render_listing")
    assert plugins.marketplace_kind("bulletin").title == "Bulletin board"


@pytest.mark.parametrize("isolate", ["none", "*"])
def test_broken_plugins_are_listed_with_their_tracebacks_and_stop_nobody(
    install: Callable[[str, str], None], load: Load, isolate: str
) -> None:
    for name, source in BROKEN.items():
        install(f"broken_{name}", source)
    install("bulletin_board", GOOD)
    plugins = load(isolate=isolate)
    for name in BROKEN:
        broken = info(plugins, f"broken_{name}")
        assert broken.state == "broken", name
        assert "Traceback" in broken.traceback or "Error" in broken.traceback or "Fault" in broken.traceback, name
        assert broken.remedy, name
    assert info(plugins, "bulletin_board").state == "active"
    assert "syfthub" in plugins.marketplace_kinds


ODD_ENTRIES = {
    "spaces": ("a b c", "is 'a b c'"),
    "nothing": ("", "is ''"),
    "missing": ("bulletin_board:what.is.missing", "AttributeError"),
    "elsewhere": ("no_such_module_anywhere", "ModuleNotFoundError"),
}


@pytest.mark.parametrize("isolate", ["none", "*"])
def test_odd_entry_points_and_broken_metadata_stop_nobody(
    install: Callable[[str, str], None], load: Load, tmp_path: Path, isolate: str
) -> None:
    install("bulletin_board", GOOD)
    install("observer", HOOK + "@hookimpl\ndef on_event(event):\n    pass\n")
    lay(tmp_path, "Odd", "\n".join(f"{name} = {value}" for name, (value, _) in ODD_ENTRIES.items()))
    lay(tmp_path, "Twins", "twin_a = observer\ntwin_b = observer\nsame = observer\n")
    lay(tmp_path, "Another", "same = observer\n")
    lay(tmp_path, "Unreadable", "what is this\n")
    lay(tmp_path, "Nameless", "nameless = observer\n", metadata="")
    (tmp_path / "Bytes-1.0.dist-info").mkdir()
    (tmp_path / "Bytes-1.0.dist-info" / "entry_points.txt").write_bytes(b"[publicist]\nx = \xff\n")

    plugins = load(isolate=isolate)

    for name, (_, said) in ODD_ENTRIES.items():
        broken = info(plugins, name)
        assert (broken.state, said in broken.traceback) == ("broken", True), broken.traceback
    unreadable = info(plugins, "Unreadable")
    assert (unreadable.state, "entry_points.txt cannot be read" in unreadable.traceback) == ("broken", True)
    for name in ("bulletin_board", "observer", "twin_a", "twin_b", "nameless"):
        assert info(plugins, name).state == "active", info(plugins, name).traceback
    assert [item.state for item in plugins.infos if item.name == "same"] == ["active", "broken"]
    assert plugins.having("on_event").count("twin_b") == 1


def lay(folder: Path, name: str, entries: str, metadata: str | None = None) -> None:
    """Put the metadata of a distribution into a folder."""
    place = folder / f"{name}-1.0.dist-info"
    place.mkdir()
    if metadata is None:
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"
    if metadata:
        (place / "METADATA").write_text(metadata)
    (place / "entry_points.txt").write_text(f"[publicist]\n{entries}\n")


@pytest.mark.parametrize(
    ("setting", "loaded"), [("", False), ("other", False), ("other, bulletin_board", True), (None, True)]
)
def test_the_setting_restricts_which_plugins_load(
    install: Callable[[str, str], None], load: Load, setting: str | None, loaded: bool
) -> None:
    install("bulletin_board", GOOD)
    plugins = load(plugins=setting)
    assert ("bulletin" in plugins.marketplace_kinds) is loaded
    assert "custom" in plugins.marketplace_kinds


def test_a_kind_that_nobody_offers_names_those_that_there_are() -> None:
    with pytest.raises(NotFound) as caught:
        build_manager(Settings(plugins="")).marketplace_kind("bulletin")
    assert "syfthub" in caught.value.remedy


def test_a_hook_that_a_plugin_lacks_is_not_supported(install: Callable[[str, str], None], load: Load) -> None:
    install("bulletin_board", GOOD)
    plugins = load()
    with pytest.raises(NotSupported, match="withdraw_listing"):
        plugins.call_kind("MarketplaceKind:bulletin", "withdraw_listing", 1.0)


def leave() -> None:
    sys.exit(1)


@pytest.mark.parametrize(("raiser", "name"), [(leave, "SystemExit"), (lambda: 1 // 0, "ZeroDivisionError")])
def test_whatever_a_plugin_raises_becomes_a_fault_with_a_traceback(raiser: Callable[[], object], name: str) -> None:
    with pytest.raises(PluginFault, match=name) as caught:
        Guard().call("mine", raiser, 5)
    assert name in caught.value.traceback


def test_a_marketplace_error_passes_as_it_is() -> None:
    def down() -> None:
        raise MarketplaceUnavailable("down", retry_after=7)

    with pytest.raises(MarketplaceUnavailable) as caught:
        Guard().call("mine", down, 5)
    assert caught.value.retry_after == 7


def test_a_plugin_that_hangs_too_often_is_not_called_any_more_until_it_returns() -> None:
    import threading

    guard, free, called = Guard(), threading.Event(), []
    for _ in range(MAX_HANGING):
        with pytest.raises(PluginFault, match="did not return"):
            guard.call("mine", lambda: free.wait(20), 0.01)
    with pytest.raises(PluginFault, match="not called any more"):
        guard.call("mine", lambda: called.append(1), 5)
    assert not called
    assert guard.call("other", lambda: "fine", 5) == "fine"
    free.set()
    deadline = threading.Event()
    while guard.hanging("mine"):
        assert not deadline.wait(0.01)
    assert guard.call("mine", lambda: "back", 5) == "back"
