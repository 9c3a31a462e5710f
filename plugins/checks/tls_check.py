"""The check kind ``tls``: a certificate is accepted, and does not end soon."""

from datetime import UTC, datetime, timedelta
from time import perf_counter

from ...core.errors import MarketplaceUnavailable
from ...core.hookspecs import Call
from ...core.records import Check, CheckKind, CheckResult, SettingField
from .settings import Address, read_address, read_number

WARNING_DAYS = 14.0
MOST_DAYS = 3650.0
PORT = 443

KIND = CheckKind(
    name="tls",
    title="TLS certificate",
    description="A certificate is accepted, and does not end soon.",
    settings=(
        SettingField("address", "Address", required=True, help="Such as example.org or example.org:8443."),
        SettingField("warning_days", "Warning", help="Days before its end from which it is warned; 14 if left out."),
        SettingField("fail_days", "Failure", help="Days before its end from which the check fails; 0 if left out."),
    ),
)


def run(check: Check, call: Call) -> CheckResult:
    """Shake hands, and read when the certificate ends. Raises WrongSetting, and MarketplaceUnavailable."""
    address = read_address(check.settings, "address", PORT)
    warn = timedelta(days=read_number(check.settings, "warning_days", WARNING_DAYS, MOST_DAYS))
    fail = timedelta(days=read_number(check.settings, "fail_days", 0.0, MOST_DAYS))
    started = perf_counter()
    try:
        ends = call.http.certificate_end(f"https://{address}")
    except MarketplaceUnavailable as error:
        return CheckResult(check.name, ok=False, message=error.message, reachable=_takes_connections(address, call))
    latency = (perf_counter() - started) * 1000
    return _judged(check.name, address, ends, datetime.now(UTC), (warn, fail), latency)


def _judged(
    name: str, address: Address, ends: datetime, now: datetime, bounds: tuple[timedelta, timedelta], latency: float
) -> CheckResult:
    """Return what is to be said of a certificate; ``bounds`` are how long before its end to warn, and to fail."""
    warn, fail = bounds
    left, day = ends - now, f"{ends:%Y-%m-%d}"
    said = f"The certificate of {address} holds until {day}."
    if left <= fail:
        ending = f"The certificate of {address} ends on {day}, in {max(0, left.days)} days."
        return CheckResult(name, ok=False, message=ending, latency_ms=latency)
    warning = f"The certificate of {address} ends on {day}, in {left.days} days; renew it." if left <= warn else ""
    return CheckResult(name, ok=True, message=said, latency_ms=latency, warning=warning)


def _takes_connections(address: Address, call: Call) -> bool:
    """Whether something is there, though its certificate will not do."""
    try:
        call.http.probe(f"http://{address}")
    except MarketplaceUnavailable:
        return False
    return True
