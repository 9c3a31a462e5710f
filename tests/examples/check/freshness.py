"""What is at an address has changed lately: the check kind ``freshness``."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from publicist.core.errors import RejectedError
from publicist.core.hookspecs import Call, hookimpl
from publicist.core.records import Check, CheckKind, CheckResult, SettingField

SETTINGS = (
    SettingField("url", "Address", required=True, help="What is looked at."),
    SettingField("days", "Days", required=True, help="How old it may be."),
)


@hookimpl
def check_kinds() -> Sequence[CheckKind]:
    return [CheckKind("freshness", "Freshness", SETTINGS, "What is at an address has changed lately.")]


@hookimpl
def run_check(check: Check, call: Call) -> CheckResult:
    try:
        most = timedelta(days=float(check.settings["days"]))
    except (ValueError, OverflowError):
        raise RejectedError("The setting days must be a number.", errors={"days": ["Must be a number."]}) from None
    answer = call.http.get("")  # the setting `url` is where call.http is
    try:
        age = datetime.now(UTC) - parsedate_to_datetime(answer.headers.get("Last-Modified", ""))
    except (ValueError, TypeError):
        return CheckResult(check.name, ok=False, message=f"It answered {answer.status}, and not when it changed.")
    return CheckResult(check.name, ok=answer.ok and age <= most, message=f"It changed {age.days} days ago.")
