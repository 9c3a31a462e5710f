"""A diagnosis as JSON."""

from dataclasses import asdict
from typing import Any

from ..records import Diagnosis


def diagnosis_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis for the API and ``--json``; ``state`` is the worst of its steps."""
    return {
        "endpoint_slug": diagnosis.slug,
        "at": diagnosis.at.isoformat(),
        "state": diagnosis.state,
        "steps": [asdict(step) for step in diagnosis.steps],
    }
