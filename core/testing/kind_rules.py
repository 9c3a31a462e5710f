"""What a kind says of itself: its settings, limits and capabilities."""

import re

from ..hookspecs import Specs
from ..records import Capabilities
from .bench import Bench
from .counterpart import Counterpart
from .link import Link, entered
from .rules import Broken, must, rule

REQUIRED = (
    "connect",
    "slug_available",
    "fetch_listings",
    "find_listing",
    "render_listing",
    "create_listing",
    "update_listing",
    "withdraw_listing",
)
OFFERED = {
    "health_push": ("report_health",),
    "feedback": ("fetch_feedback",),
    "tokens": ("token_issuer", "verify_token"),
}
"""The hooks that a capability promises."""
_SECRET = re.compile(r"(^|_)(key|token|secret|password|passphrase|credential)s?$")


class KindRules:
    """Rules about ``marketplace_kinds``."""

    kind: str

    @rule(
        "A kind has every hook that the core calls to list something.",
        hook="marketplace_kinds",
        remedy="Implement the hooks that are named, with the marker @hookimpl.",
        section="what-a-kind-says",
    )
    def test_every_hook_of_a_marketplace_is_there(self, link: Link) -> None:
        there = _hooks(link.bench, self.kind)
        missing = [hook for hook in REQUIRED if hook not in there]
        must(not missing, f"there is no {', '.join(missing)}")

    @rule(
        "Each setting has a name of its own and a title; what is secret is marked as secret.",
        hook="marketplace_kinds",
        remedy="Give the SettingField a title, and secret=True where its value must never be shown.",
        section="what-a-kind-says",
    )
    def test_secret_settings_are_marked(self, link: Link) -> None:
        settings = link.kind.settings
        names = [field.name for field in settings]
        must(len(set(names)) == len(names), f"two settings have one name: {', '.join(sorted(names))}")
        must(all(field.title for field in settings), "a setting has no title")
        open_ones = [field.name for field in settings if _SECRET.search(field.name) and not field.secret]
        must(not open_ones, f"by their names these are secrets, and they are not marked: {', '.join(open_ones)}")

    @rule(
        "What a person enters is held to the settings of the kind; an unknown one is refused by name.",
        hook="marketplace_kinds",
        remedy="List every setting that the adapter reads among the kind's settings.",
        section="what-a-kind-says",
    )
    def test_the_settings_are_those_that_are_entered(self, bench: Bench, counterpart: Counterpart) -> None:
        kind = bench.kind(self.kind)
        marketplace = entered(kind, counterpart.url, dict(counterpart.settings))
        must(
            not {field.name for field in kind.settings if field.secret} & marketplace.settings.keys(),
            "a secret is open",
        )
        try:
            entered(kind, counterpart.url, {**counterpart.settings, "no_such_setting": "x"})
        except Broken as refused:
            must("no_such_setting" in refused.said, f"an unknown setting is refused as {refused.said}")
        else:
            must(truth=False, said="the kind takes a setting of any name")

    @rule(
        "The limits can be kept: patterns are regular expressions, lengths leave room, a visibility is allowed.",
        hook="marketplace_kinds",
        remedy="Correct the Limits of the kind.",
        section="what-a-kind-says",
    )
    def test_the_limits_can_be_kept(self, link: Link) -> None:
        limits = link.limits
        for name in ("slug_pattern", "tag_pattern"):
            re.compile(getattr(limits, name))
        numbers = (limits.name, limits.slug_max, limits.page_size, limits.rate, limits.burst, limits.concurrency)
        must(min(numbers) > 0, "name, slug_max, page_size, rate, burst and concurrency must be above 0")
        must(limits.slug_min <= limits.slug_max, "slug_min is above slug_max")
        must(limits.visibilities, "no visibility is allowed")
        link.slug()

    @rule(
        "What the kind, or the account that connect tells, says that it can do has its hook.",
        hook="marketplace_kinds, connect",
        remedy="Implement the hook, or leave the capability out.",
        section="what-a-kind-says",
    )
    def test_what_is_offered_has_its_hook(self, link: Link) -> None:
        there = _hooks(link.bench, self.kind)
        for said, capabilities in (("the kind", link.kind.capabilities), ("connect", link.account.capabilities)):
            for hook in _promised(capabilities):
                must(hook in there, f"{said} offers what {hook} is for, and there is no such hook", hook=hook)


def _promised(capabilities: Capabilities | None) -> list[str]:
    found = [hooks for name, hooks in OFFERED.items() if capabilities and getattr(capabilities, name)]
    return [hook for hooks in found for hook in hooks]


def _hooks(bench: Bench, kind: str) -> set[str]:
    bench.kind(kind)
    owner = next(info for info in bench.plugins.infos if bench.plugins.offers(info.name, kind))
    return set(owner.hooks) & vars(Specs).keys()
