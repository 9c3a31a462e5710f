"""The check kind ``tcp``: a connection comes about. Nothing is sent."""

from ...core.hookspecs import Call
from ...core.records import Check, CheckKind, CheckResult, SettingField
from .settings import read_address, read_number

KIND = CheckKind(
    name="tcp",
    title="TCP connection",
    description="Something takes connections there.",
    settings=(
        SettingField("address", "Address", required=True, help="Such as db.example.org:5432 or [2001:db8::1]:53."),
        SettingField("latency_ms", "Latency", help="The most milliseconds that connecting may take."),
    ),
)


def run(check: Check, call: Call) -> CheckResult:
    """Connect. Raises WrongSetting, and MarketplaceUnavailable when no connection comes about."""
    address = read_address(check.settings, "address")
    most = read_number(check.settings, "latency_ms", 0.0, 60_000.0)
    latency = call.http.probe(f"http://{address}")
    if most and latency > most:
        said = f"Connecting to {address} took {latency:.0f} ms, more than {most:g}."
        return CheckResult(check.name, ok=False, message=said, latency_ms=latency)
    return CheckResult(check.name, ok=True, message=f"{address} takes connections.", latency_ms=latency)
