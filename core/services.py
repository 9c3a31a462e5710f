"""A space put together: every part of the core, wired once for a process."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from .alerting.alerts import Alerts
from .alerting.channels import AlertBook
from .alerting.facts import AlertFacts
from .alerting.outbox import Outbox
from .diagnosis.doctor import Doctor
from .endpoints.drafting import Drafting
from .endpoints.endpoints import Endpoints
from .health.book import HealthBook
from .health.checker import Checker
from .health.checks import Checks
from .health.looking import Looking
from .health.maintenance import Maintenance
from .health.monitoring import Monitoring
from .health.reports import HealthReports
from .health.self_check import SelfCheck
from .health.status_pages import StatusPages
from .hosting.adapter import Adapter
from .hosting.doctor import PluginDoctor
from .hosting.manager import Plugins, build_manager
from .hosting.observers import Observers
from .hosting.search import http_settings
from .hosting.switch import PluginSwitch, unloaded
from .http import Sessions
from .identity.accounts import Accounts
from .identity.invitations import Invitations
from .identity.passwords import Passwords
from .identity.throttle import Throttle
from .identity.tokens import Tokens
from .identity.web_sessions import WebSessions
from .marketplaces.listing_states import ListingStates
from .marketplaces.marketplaces import Marketplaces
from .marketplaces.pacer import Pacer
from .marketplaces.removal import Removal
from .marketplaces.token_checks import TokenChecks
from .policies.enforcer import Enforcer
from .publishing.publisher import Publisher
from .publishing.slug_checks import SlugChecks
from .publishing.spreader import Spreader
from .publishing.worker import Worker
from .queries.answering import Answering
from .queries.askers import Askers
from .queries.gateway import Gateway
from .queries.places import Places
from .reporting.monitor import Monitor
from .reporting.reporters import Reporters
from .reporting.vouching import Vouching
from .running.error_reports import ErrorReports
from .running.heartbeat import Heartbeat
from .running.presence import Presence
from .running.runners import Runners
from .running.watchdog import Watchdog
from .secrets import SecretBox, load_keys
from .settings import Settings
from .space.backups import Backups
from .space.data_dir import data_directory
from .space.first_steps import FirstSteps
from .space.needs import Needs
from .space.network_settings import SpaceNetwork
from .space.overview import Overview
from .space.spaces import Spaces
from .store import Store, open_store
from .syncing.adoption import Adoption
from .syncing.readings import Reader
from .syncing.reconciler import Reconciler
from .syncing.republisher import Republisher
from .trail import Trail
from .usage.counting import Usage
from .usage.feedback import FeedbackBox
from .usage.reports import UsageReports


@dataclass(frozen=True, slots=True)
class Services:
    """What the web app, the command line and the runner work with."""

    settings: Settings
    store: Store
    plugins: Plugins
    sessions: Sessions
    presence: Presence
    adapter: Adapter
    spaces: Spaces
    endpoints: Endpoints
    marketplaces: Marketplaces
    network: SpaceNetwork
    pacer: Pacer
    removal: Removal
    tokens: Tokens
    accounts: Accounts
    invitations: Invitations
    web_sessions: WebSessions
    first_steps: FirstSteps
    worker: Worker
    publisher: Publisher
    monitor: Monitor
    health_book: HealthBook
    health_reports: HealthReports
    monitoring: Monitoring
    checks: Checks
    checker: Checker
    self_check: SelfCheck
    reconciler: Reconciler
    adoption: Adoption
    republisher: Republisher
    trail: Trail
    backups: Backups
    heartbeat: Heartbeat
    watchdog: Watchdog
    runners: Runners
    askers: Askers
    enforcer: Enforcer
    usage: Usage
    usage_reports: UsageReports
    feedback: FeedbackBox
    maintenance: Maintenance
    status_pages: StatusPages
    places: Places
    gateway: Gateway
    doctor: Doctor
    alerts: Alerts
    alert_book: AlertBook
    outbox: Outbox
    plugin_switch: PluginSwitch
    plugin_doctor: PluginDoctor
    spreader: Spreader
    observers: Observers
    listing_states: ListingStates
    slug_checks: SlugChecks
    drafting: Drafting
    overview: Overview
    needs: Needs
    clock: Callable[[], datetime]

    def close(self) -> None:
        """Let calls under way finish for a moment, then give everything back."""
        self.checker.close()
        self.outbox.close()
        self.worker.close()
        self.monitor.close()
        self.usage.close()
        self.plugins.close()
        self.plugin_switch.close()
        self.sessions.close()
        self.presence.close()


def utc_now() -> datetime:
    """Return the time; the runner and the services are the only ones to ask."""
    return datetime.now(UTC)


def open_services(settings: Settings, clock: Callable[[], datetime] = utc_now, *, make: bool = False) -> Services:
    """Open the space in the settings' data directory.

    Args:
        clock: gives the time; tests bring their own.
        make: make the directory, its key and its database when they are not there yet.

    Raises:
        ConfigurationError: there is no space here and ``make`` is False, or a setting does not do.
    """
    data_dir = data_directory(settings, make=make)
    store = open_store(settings, SecretBox(load_keys(data_dir, settings.secret_key.reveal())))
    plugins, sessions, presence = (
        build_manager(settings, without=unloaded(store)),
        Sessions(http_settings(settings)),
        Presence(data_dir),
    )
    spaces = Spaces(store, settings, clock)
    adapter = Adapter(plugins, store, sessions, settings)
    endpoints = Endpoints(store, clock)
    pacer = Pacer(store, plugins, settings, clock)
    checks = TokenChecks(store, plugins, adapter, clock)
    marketplaces = Marketplaces(store, plugins, adapter, pacer, spaces.current, clock, checks.follow)
    worker = Worker(
        store,
        adapter,
        presence,
        settings,
        spaces.current,
        clock,
        pacer,
        marketplaces.observe,
        marketplaces.finish_removal,
    )
    publisher = Publisher(store, plugins, adapter, endpoints, marketplaces, worker, spaces.current, clock)
    health_book = HealthBook(store, settings, clock)
    health_reports = HealthReports(store, health_book, endpoints, clock)
    maintenance, places = Maintenance(store, endpoints, clock), Places(settings)
    monitor = Monitor(
        store,
        adapter,
        plugins,
        health_book,
        marketplaces,
        Vouching(health_book, maintenance, settings, clock),
        pacer,
        Reporters(store, presence, clock),
        settings,
        spaces.current,
        clock,
    )
    usage = Usage(store, settings, clock)
    askers = Askers(store, adapter, plugins, marketplaces, spaces.current, clock)
    enforcer = Enforcer(store, adapter, plugins, settings, spaces.current, clock)
    network = SpaceNetwork(settings, plugins, spaces, marketplaces, checks, sessions, clock)
    usage_reports = UsageReports(store, usage, endpoints, marketplaces, settings, clock)
    facts = AlertFacts(store, health_book, maintenance, usage_reports, spaces.current)
    outbox = Outbox(store, adapter, presence, settings, spaces.current, clock)
    reader = Reader(store, adapter, worker, spaces.current, clock)
    answering = Answering(adapter)
    looking = Looking(store, adapter, answering, settings, spaces.current)
    self_check = SelfCheck(store, sessions, settings, clock)
    checker = Checker(store, looking, maintenance, self_check, health_book.record, settings, presence.owner, clock)
    watchdog, tokens = Watchdog(clock), Tokens(store, clock)
    accounts = Accounts(store, Passwords(), Throttle(store, clock), clock)
    error_reports = ErrorReports(checker, health_book, clock)
    switch, overview = PluginSwitch(store, plugins, clock), Overview(store, health_book, maintenance, clock)
    gateway = Gateway(
        endpoints,
        answering,
        askers,
        enforcer,
        maintenance,
        usage,
        places,
        settings,
        spaces.current,
        clock,
        lambda endpoint_id: checker.check_now(endpoint_id, "queries failed"),
    )
    return Services(
        settings,
        store,
        plugins,
        sessions,
        presence,
        adapter,
        spaces,
        endpoints,
        marketplaces,
        network,
        pacer,
        Removal(store, marketplaces, worker, clock),
        tokens,
        accounts,
        Invitations(store, accounts, clock),
        WebSessions(store, tokens, clock),
        FirstSteps(store, settings),
        worker,
        publisher,
        monitor,
        health_book,
        health_reports,
        Monitoring(store, health_book, health_reports, maintenance, clock),
        Checks(store, plugins, endpoints, looking, clock),
        checker,
        self_check,
        Reconciler(store, adapter, marketplaces, reader, settings, spaces.current, clock),
        Adoption(store, adapter, endpoints, marketplaces, reader, worker, spaces.current, clock),
        Republisher(store, adapter, endpoints, marketplaces, publisher, worker, spaces.current, clock),
        Trail(store, endpoints, marketplaces, clock),
        Backups(store, data_dir, clock, keep=settings.backup_keep, hour=settings.backup_hour_utc),
        Heartbeat(store, data_dir, presence.owner, clock),
        watchdog,
        Runners(store, watchdog, checker, presence.owner, clock),
        askers,
        enforcer,
        usage,
        usage_reports,
        FeedbackBox(store, plugins, adapter, pacer, endpoints, spaces.current, error_reports.look, clock),
        maintenance,
        StatusPages(store, health_book, health_reports, maintenance, clock),
        places,
        gateway,
        Doctor(
            store,
            plugins,
            adapter,
            pacer,
            endpoints,
            marketplaces,
            publisher,
            network.check_address,
            usage,
            maintenance,
            places,
            spaces.current,
            clock,
        ),
        Alerts(store, facts, outbox, settings, spaces.current, clock),
        AlertBook(store, plugins, adapter, endpoints, facts, spaces.current, clock),
        outbox,
        switch,
        PluginDoctor(store, plugins, switch, settings),
        Spreader(plugins, worker, settings.executor),
        Observers(store, plugins),
        ListingStates(store),
        SlugChecks(store, adapter, marketplaces, pacer, spaces.current, clock),
        Drafting(store, endpoints, publisher, gateway, clock),
        overview,
        Needs(store, overview, maintenance, switch, spaces.current, clock),
        clock,
    )
