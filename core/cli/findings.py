"""What preflight finds: as JSON, as a table, as an exit code."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from . import codes
from .output import say, table

if TYPE_CHECKING:
    from ..records import Finding, Preview


def finding_json(finding: "Finding", names: Mapping[str, str]) -> dict[str, Any]:
    """Return the finding as the API does, with its marketplace's name; ``names`` are those by id."""
    return {**asdict(finding), "marketplace_name": names.get(finding.marketplace_id or "")}


def preflight_json(slug: str, findings: "Sequence[Finding]", names: Mapping[str, str]) -> dict[str, Any]:
    """Return a preflight: what blocks, and what is advised."""
    told = [finding_json(each, names) for each in findings]
    blocks = [each for each in told if each["level"] == "blocks"]
    advice = [each for each in told if each["level"] != "blocks"]
    return {"endpoint_slug": slug, "ready": not blocks, "blocks": blocks, "advice": advice}


def preview_json(slug: str, preview: "Preview", names: Mapping[str, str]) -> dict[str, Any]:
    """Return a dry run: the findings, and what each marketplace would be sent, by its id."""
    return {
        "endpoint_slug": slug,
        "dry_run": True,
        "findings": [finding_json(each, names) for each in preview.findings],
        "payloads": dict(preview.payloads),
    }


def show_findings(findings: Sequence["Finding"], names: Mapping[str, str]) -> None:
    """Print a row for each finding, what blocks first."""
    if not findings:
        say("Nothing stands in the way.")
        return
    ordered = sorted(findings, key=lambda each: each.level != "blocks")
    table(
        ["Level", "Where", "What and why"],
        [
            [each.level, names.get(each.marketplace_id or "", "everywhere"), f"{each.message}\n→ {each.remedy}"]
            for each in ordered
        ],
    )


def blocked_code(findings: Sequence["Finding"], places: Sequence[str]) -> int:
    """Return 1 when nothing could be published, 3 when something blocks on some of ``places`` (ids), else 0."""
    blocked = {each.marketplace_id for each in findings if each.level == "blocks"}
    if None in blocked or (places and blocked >= set(places)):
        return codes.ERROR
    return codes.PARTLY if blocked else codes.DONE
