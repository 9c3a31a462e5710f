"""The check kind ``http``: a request, and what its answer must be like. Redirects are answers, and not followed."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from ...core.errors import MarketplaceUnavailable
from ...core.hookspecs import Call
from ...core.http import Answer
from ...core.records import Check, CheckKind, CheckResult, SettingField
from .pattern import Pattern, TooLong, WrongPattern
from .settings import WrongSetting, read_headers, read_number, read_statuses, read_text, read_url

METHODS = ("GET", "HEAD", "OPTIONS", "POST")
MOST_BYTES = 262_144
MOST_MATCHED = 65_536
"""How many characters of a body a pattern is looked for in."""

LONGEST_WAIT_MS = 60_000.0
_TEXT_MOST = 200

KIND = CheckKind(
    name="http",
    title="HTTP request",
    description="An address answers as it should.",
    settings=(
        SettingField("url", "URL", required=True, help="What is asked for."),
        SettingField("method", "Method", help="GET, HEAD, OPTIONS or POST; GET if left out."),
        SettingField("status", "Status", help="What is well: 200, 200-299, 2xx, several with commas; 2xx if left out."),
        SettingField("contains", "Contains", help="A text that the body must hold."),
        SettingField("matches", "Matches", help="A pattern that the body must match somewhere."),
        SettingField("latency_ms", "Latency", help="The most milliseconds that the answer may take."),
        SettingField("headers", "Headers", secret=True, help="Sent with the request, by name; values are never shown."),
    ),
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the answer must be like."""

    statuses: Sequence[range]
    contains: str
    matches: Pattern | None
    latency_ms: float

    def fault(self, answer: Answer, latency_ms: float, call: Call) -> str:
        """Return what is wrong with an answer, as the end of a sentence; empty if nothing is."""
        if not any(answer.status in each for each in self.statuses):
            return f"answered {answer.status}"
        body = answer.body.decode(errors="replace") if self.contains or self.matches else ""
        if self.contains and self.contains not in body:
            return f"answered {answer.status}, but without {self.contains[:_TEXT_MOST]!r}"
        if self.matches and not self.matches.search(body[:MOST_MATCHED], call.http.deadline):
            return f"answered {answer.status}, but not so that it matches {self.matches.text[:_TEXT_MOST]!r}"
        if self.latency_ms and latency_ms > self.latency_ms:
            return f"took {latency_ms:.0f} ms, more than {self.latency_ms:g}"
        return ""


def run(check: Check, call: Call) -> CheckResult:
    """Ask, and look at the answer. Raises WrongSetting, and MarketplaceUnavailable when none comes."""
    settings = check.settings
    method = (read_text(settings, "method") or "GET").upper()
    if method not in METHODS:
        raise WrongSetting("method", f"must be one of {', '.join(METHODS)}.")
    url, headers = read_url(settings, "url"), read_headers(settings, "headers")
    conditions = _conditions(check)
    started = perf_counter()
    answer = call.http.request(
        method, url, absolute=True, headers=headers, safe=True, any_status=True, max_bytes=MOST_BYTES
    )
    latency = (perf_counter() - started) * 1000
    try:
        fault = conditions.fault(answer, latency, call)
    except TooLong:
        raise MarketplaceUnavailable("The body could not be matched in time; use a simpler pattern.") from None
    said = fault or f"answered {answer.status}"
    return CheckResult(check.name, ok=not fault, message=f"{answer.url} {said}.", latency_ms=latency)


def _conditions(check: Check) -> Conditions:
    settings = check.settings
    pattern = read_text(settings, "matches")
    try:
        matches = Pattern(pattern) if pattern else None
    except WrongPattern as error:
        raise WrongSetting("matches", f"is no pattern: {error}.") from None
    return Conditions(
        read_statuses(settings, "status"),
        read_text(settings, "contains"),
        matches,
        read_number(settings, "latency_ms", 0.0, LONGEST_WAIT_MS),
    )
