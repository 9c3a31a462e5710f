"""Plugins disabled and enabled while the space runs: in the page, over the API, on the command line's use case."""

from collections.abc import Callable
from pathlib import Path

import pytest
from publicist.core.errors import NotFound, PluginFault
from publicist.core.hosting.manager import PluginInfo

from ...clock import Clock
from ...plugins.custom.counterpart import Counterpart
from ...spaces import add_endpoint, add_marketplace, opened, publish, rows, work
from ..site import Site, good, problem
from .person import person

Start = Callable[..., Counterpart]
PAGE = "/settings/plugins"


def test_the_page_shows_each_plugin_and_the_traceback_of_a_broken_one(site: Site) -> None:
    trace = "Traceback (most recent call last):\n  <b>ImportError</b>: Bearer abcdefgh12345678"
    site.services.plugins.infos.append(PluginInfo("bulletin", "1.2", "bulletin:hooks", "broken", traceback=trace))
    shown = person(site, "read").html(PAGE)
    assert "ImportError" in shown
    assert "<b>ImportError" not in shown
    assert "abcdefgh12345678" not in shown
    assert "syfthub" in shown
    assert "Disable" not in shown


def test_disabling_says_which_marketplaces_stop_and_stops_them(site: Site, clock: Clock, catalogues: Start) -> None:
    there, owner = catalogues(), person(site)
    add_marketplace(site.services, "Hub", there.url, test=True)
    add_endpoint(site.services)
    assert "1 marketplace stops meanwhile: Hub" in owner.open(f"{PAGE}/custom/disable")
    assert "Tick that you want this" in owner.send(f"{PAGE}/custom/disable")
    assert "until the next start" not in owner.open(f"{PAGE}/custom/disable")
    assert "Its commands stay until the next start" in owner.open(f"{PAGE}/localhub/disable")
    owner.send(f"{PAGE}/custom/disable", sure="yes")
    there.requests.clear()
    publish(site.services)
    assert there.requests == []
    row = rows(site.services)["Hub"]
    assert row
    assert row.error
    assert row.error.cause == "plugin_fault"
    assert "Custom catalogue" not in owner.open("/settings/marketplaces/add")

    owner.send(f"{PAGE}/custom/enable", on=PAGE)
    clock.move(hours=1)
    work(site.services)
    assert "research-qa" in there.listings


def test_a_disabled_plugin_stays_so_after_a_restart_and_its_kinds_stay_known(tmp_path: Path, clock: Clock) -> None:
    with opened(tmp_path / "space", clock) as services:
        services.plugin_switch.disable("syfthub")
        with pytest.raises(PluginFault, match="disabled"):
            services.plugins.call("syfthub", "connect", 1)
    with opened(tmp_path / "space", clock) as services:
        assert services.plugin_switch.offer("syfthub").info.state == "disabled"
        assert "syfthub" in services.plugins.marketplace_kinds
        with pytest.raises(PluginFault, match="disabled"):
            services.plugins.call("syfthub", "connect", 1)
        services.plugin_switch.enable("syfthub")
        assert services.plugin_switch.offer("syfthub").info.state == "active"
        with pytest.raises(NotFound):
            services.plugin_switch.disable("nothing")


def test_the_api_disables_and_enables_and_who_did_it_is_noted(site: Site) -> None:
    add_marketplace(site.services, "Hub", "http://127.0.0.1:9")
    told = good(site.owner.post("/plugins/custom/disable"))
    assert (told["state"], told["stopped_marketplaces"]) == ("disabled", ["Hub"])
    states = {item["name"]: item["state"] for item in good(site.owner.get("/plugins"))["items"]}
    assert states["custom"] == "disabled"
    assert good(site.owner.post("/plugins/custom/enable"))["stopped_marketplaces"] == []
    problem(site.owner.post("/plugins/nothing/disable"), 404)
    problem(site.caller("read", "publish").post("/plugins/custom/disable"), 403)
    noted = [event.what for event in site.services.trail.page(subject="plugin custom").items]
    assert noted == ["Enabled.", "Disabled: none of its hooks is called any more."]


def test_a_plugin_that_fails_in_calls_is_shown_with_what_happened(site: Site) -> None:
    fault = PluginFault("It broke.", traceback="Traceback of <it>")
    site.services.plugins.faults.failed("custom", "connect", fault)
    shown = person(site, "read").html(PAGE)
    assert "faulty" in shown
    assert "It broke." in shown
    assert "Traceback of &lt;it&gt;" in shown
    assert "What is wrong" in shown


def test_the_api_tells_how_a_plugin_failed_and_what_is_wrong(site: Site) -> None:
    caller = site.caller("read")
    site.services.plugins.faults.failed("custom", "connect", PluginFault("It broke.", traceback="Traceback"))
    told = good(caller.get("/plugins/custom"))
    assert (told["state"], told["failures"], told["last_failure"]["hook"]) == ("faulty", 1, "connect")
    findings = good(caller.get("/plugin-findings"))["items"]
    assert [(each["plugin"], each["code"]) for each in findings] == [("custom", "failing")]
    assert good(caller.get("/plugin-requirements")) == {"requirements": []}
    assert problem(caller.get("/plugins/nobody"), 404)
