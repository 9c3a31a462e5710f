"""Channels and rules as an owner works with them."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ..endpoints.endpoints import Endpoints
from ..errors import CAUSES, Conflict, InvalidInput, MarketplaceError, NotFound, PluginFault
from ..events import note_setting
from ..hosting.adapter import Adapter
from ..hosting.manager import Plugins
from ..records import AlertRule, Channel, Notice, Space
from ..schemas.alert import ChannelDraft, load_alert_rule_patch, load_channel_patch
from ..store import Store
from .drafts import DEFAULTS, RuleDraft, rule_of
from .episodes import episode_of, outlives
from .facts import AlertFacts

RETRY = "Correct it with `publicist alert channel edit {0}`, then try it with `publicist alert channel test {0}`."


class AlertBook:
    """Adds, changes and removes channels and rules, and sends tests."""

    def __init__(
        self,
        store: Store,
        plugins: Plugins,
        adapter: Adapter,
        endpoints: Endpoints,
        facts: AlertFacts,
        space: Callable[[], Space],
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._plugins = plugins
        self._adapter = adapter
        self._endpoints = endpoints
        self._facts = facts
        self._space = space
        self._clock = clock

    def channels(self) -> list[Channel]:
        """Return the channels, the oldest first."""
        with self._store.session():
            return self._store.alerts.channels()

    def channel(self, name: str) -> Channel:
        """Return the channel of that id or name. Raises NotFound."""
        there = self.channels()
        for channel in (*(one for one in there if one.id == name), *(one for one in there if one.name == name)):
            return channel
        raise NotFound(f"There is no channel {name!r}.", remedy="`publicist alert channel list` shows them all.")

    def add_channel(self, draft: ChannelDraft) -> Channel:
        """Add a channel; with the first one, and without rules, the usual rules are made. Raises Conflict."""
        now = self._clock()
        channel = Channel(str(uuid.uuid4()), draft.kind, draft.name, draft.settings, now)
        with self._store.write():
            there = self._store.alerts.channels()
            self._refuse_double(channel, there)
            self._store.alerts.add_channel(channel)
            note_setting(self._store, f"channel {channel.name}", "Added.", now)
            if not there and not self._store.alerts.rules():
                for place, rule in enumerate(DEFAULTS):
                    made = now + timedelta(microseconds=place)  # which keeps their order
                    self._store.alerts.add_rule(rule_of(rule, str(uuid.uuid4()), None, made))
        self._facts.forget()
        return channel

    def edit_channel(self, name: str, patch: Mapping[str, Any]) -> Channel:
        """Change a channel's name or settings, and try what waits for it again at once.

        Raises NotFound, InvalidInput, Conflict.
        """
        before = self.channel(name)
        given = load_channel_patch(patch, before, self._plugins.notifier_kinds.get(before.kind))
        with self._store.write():
            channel = replace(before, name=given.name, settings=given.settings)
            self._refuse_double(channel, self._store.alerts.channels())
            self._store.alerts.save_channel(channel)
            self._store.deliveries.hasten(channel.id, self._clock())
            note_setting(self._store, f"channel {channel.name}", "Changed.", self._clock())
        return channel

    def remove_channel(self, name: str) -> None:
        """Forget a channel, and what waits for it. Raises NotFound; Conflict while it is a rule's only channel."""
        channel = self.channel(name)
        with self._store.write():
            rules = self._store.alerts.rules()
            if only := next((rule for rule in rules if rule.channels == (channel.id,)), None):
                raise Conflict(
                    f"The rule {only.name!r} tells this channel only.", remedy="Remove or change that rule first."
                )
            for rule in rules:
                if channel.id in rule.channels:
                    left = tuple(one for one in rule.channels if one != channel.id)
                    self._store.alerts.save_rule(replace(rule, channels=left))
            self._store.alerts.remove_channel(channel.id)
            self._store.deliveries.forget(channel.id)
            note_setting(self._store, f"channel {channel.name}", "Removed.", self._clock())

    def send_test(self, name: str) -> Channel:
        """Send a notice to a channel now. Raises NotFound, and what the channel raised (MarketplaceError)."""
        channel, now, space = self.channel(name), self._clock(), self._space()
        key = str(uuid.uuid4())
        said = f"A test from {space.name}: notices to {channel.name} arrive."
        try:
            self._adapter.send_notice(channel, Notice(key, key, "test", "A test", said, now), space)
        except MarketplaceError as error:
            if error.remedy == CAUSES[error.cause_code] and not isinstance(error, PluginFault):
                error.remedy = RETRY.format(channel.name)  # the usual one is about marketplaces
            raise
        return channel

    def rules(self) -> list[AlertRule]:
        """Return the rules, the oldest first."""
        with self._store.session():
            return self._store.alerts.rules()

    def slugs(self) -> dict[str, str]:
        """Return the endpoints' slugs by id."""
        with self._store.session():
            return self._store.endpoints.slugs()

    def add_rule(self, draft: RuleDraft) -> AlertRule:
        """Add a rule. Raises NotFound for an endpoint, InvalidInput for a channel, that there is not."""
        now = self._clock()
        with self._store.write():
            rule = self._drafted(draft, str(uuid.uuid4()), now)
            self._store.alerts.add_rule(rule)
            note_setting(self._store, f"alert rule {rule.name}", "Added.", now)
        self._facts.forget()
        return rule

    def edit_rule(self, rule_id: str, patch: Mapping[str, Any]) -> AlertRule:
        """Change a rule. Of what it had told what is not bad as it means it now is closed without a word.

        Raises NotFound, also for an endpoint that there is not; InvalidInput.
        """
        now = self._clock()
        with self._store.write():
            self._store.alerts.clock()  # waits for a round under way
            before = self._rule(rule_id)
            draft = load_alert_rule_patch(patch, before, self.slugs())
            rule = self._drafted(draft, before.id, before.created_at)
            if "endpoint_slug" not in patch and not patch.get("tag"):
                rule = replace(rule, endpoint_id=before.endpoint_id)  # which may be gone
            self._store.alerts.save_rule(rule)
            self._close_outlived(rule, now)
            note_setting(self._store, f"alert rule {rule.name}", "Changed.", now)
        self._facts.forget()
        return rule

    def remove_rule(self, rule_id: str) -> None:
        """Forget a rule; what it had told of is closed without a word. Raises NotFound."""
        with self._store.write():
            rule = self._rule(rule_id)
            self._store.alerts.remove_rule(rule.id)
            note_setting(self._store, f"alert rule {rule.name}", "Removed.", self._clock())

    def _rule(self, rule_id: str) -> AlertRule:
        for rule in self._store.alerts.rules():
            if rule.id == rule_id:
                return rule
        raise NotFound(f"There is no alert rule {rule_id!r}.", remedy="`publicist alert rule list` shows their ids.")

    def _drafted(self, draft: RuleDraft, rule_id: str, created_at: datetime) -> AlertRule:
        endpoint = self._endpoints.get(draft.slug) if draft.slug else None
        wanted = replace(draft, channels=tuple(dict.fromkeys(map(self._channel_id, draft.channels))))
        return rule_of(wanted, rule_id, endpoint.id if endpoint else None, created_at)

    def _close_outlived(self, rule: AlertRule, now: datetime) -> None:
        mine = [each for each in map(episode_of, self._store.alerts.episodes().values()) if each.rule_id == rule.id]
        over = [each for each in mine if not outlives(each, rule)]
        self._store.alerts.keep_episodes({}, [each.key for each in over])
        self._store.alerts.close_incidents([each.incident for each in over if each.told_bad], now)

    def _channel_id(self, name: str) -> str:
        for channel in self._store.alerts.channels():
            if name in (channel.id, channel.name):
                return channel.id
        raise InvalidInput({"channels": [f"There is no channel {name!r}."]})

    def _refuse_double(self, channel: Channel, there: list[Channel]) -> None:
        if any(other.name == channel.name and other.id != channel.id for other in there):
            raise Conflict(f"Another channel is called {channel.name!r}.", remedy="Choose another name.")
