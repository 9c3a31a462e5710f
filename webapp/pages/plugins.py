"""``/settings/plugins``: what is loaded, what is broken and why, and what is disabled."""

from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.wrappers import Response as AnyResponse

from ...core.errors import InvalidInput
from ...core.hosting.freeze import requirements
from ...core.hosting.info import PluginFailure
from ...core.hosting.switch import Offer
from ...core.redact import redact
from .page import Here, Pages, go, render, say

BUILT_IN = "built-in"
ADDED = (("blueprints", "pages"), ("commands", "commands"))
STATES = {
    "active": ("active", "active"),
    "faulty": ("failed", "faulty"),
    "disabled": ("disabled", "disabled"),
    "broken": ("failed", "broken"),
}
ORDER = ("broken", "faulty")

pages = Pages("plugin_list")


@dataclass(frozen=True, slots=True)
class Card:
    """One plugin as it is shown."""

    name: str
    version: str
    source: str
    state: str
    mark: str
    word: str
    hooks: Sequence[str]
    kinds: Sequence[str]
    marketplaces: Sequence[str]
    traceback: str
    remedy: str
    isolated: bool
    left_out: Sequence[str]
    warnings: Sequence[str]
    failures: int
    last: PluginFailure | None

    @property
    def built_in(self) -> bool:
        """Whether it comes with publicist."""
        return self.source == BUILT_IN

    @property
    def adds(self) -> str:
        """What it added to the program when that was started, and what stays for so long."""
        return " and ".join(word for hook, word in ADDED if hook in set(self.hooks) - set(self.left_out))


@pages.show("/settings/plugins")
def all_plugins(here: Here) -> AnyResponse:
    """Show the plugins: broken and faulty ones first, then those that were installed, then the built-ins."""
    cards = [_card(offer) for offer in here.services.plugin_switch.offers()]
    order = sorted(cards, key=lambda card: (card.state not in ORDER, card.built_in))
    findings = here.services.plugin_doctor.findings()
    lines = requirements(here.services.plugins.infos)
    chosen = here.services.settings.plugins
    return render("plugins/list.html", here, cards=order, chosen=chosen, findings=findings, requirements=lines)


@pages.show("/settings/plugins/<name>/disable", "admin")
def ask(here: Here, name: str) -> AnyResponse:
    """Say what stops when a plugin is disabled."""
    return render("plugins/disable.html", here, card=_card(here.services.plugin_switch.offer(name)))


@pages.act("/settings/plugins/<name>/disable", "admin")
def disable(here: Here, name: str) -> AnyResponse:
    """Have none of its hooks called any more."""
    if here.form.get("sure") != "yes":
        raise InvalidInput({"sure": ["Not ticked."]}, remedy="Tick that you want this, then try again.")
    here.services.plugin_switch.disable(name)
    say(f"{name} is disabled: none of its hooks is called any more.")
    return go("plugin_list.all_plugins")


@pages.act("/settings/plugins/<name>/enable", "admin")
def enable(here: Here, name: str) -> AnyResponse:
    """Have it called again; its marketplaces that had failed because of it are tested, so that their work goes on."""
    offer = here.services.plugin_switch.enable(name)
    for item in offer.marketplaces:
        if item.status == "error" and item.status_cause == "plugin_fault":
            here.services.marketplaces.test(item.id)
    say(f"{name} is enabled again.")
    return go("plugin_list.all_plugins")


def _card(offer: Offer) -> Card:
    info, (mark, word) = offer.info, STATES[offer.info.state]
    return Card(
        info.name,
        info.version,
        info.source,
        info.state,
        mark,
        word,
        info.hooks,
        info.kinds,
        [item.name for item in offer.marketplaces],
        redact(info.traceback),
        info.remedy,
        info.isolated,
        info.left_out,
        info.warnings,
        info.failures,
        info.last_failure,
    )
