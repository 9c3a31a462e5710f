"""``/endpoints/<slug>/diagnosis``: the guide's *Troubleshooting*, walked through on the live system."""

from typing import Any, get_args

from ...core.records import StepPart, StepState
from ...core.schemas import Strict, diagnosis_json
from ..operation import Api, Asked
from .shapes import many, text, time

api = Api("diagnosis", "Diagnosis")


class DiagnosisStepShape(Strict):
    """One cause of trouble, and whether it is there; without a marketplace it concerns the endpoint everywhere."""

    part = text(*get_args(StepPart), description="What it would explain: publishing, queries or discovery that fail.")
    code = text(description="The cause, such as slug_conflict.")
    title = text()
    state = text(*get_args(StepState), description="unknown: it could not be looked at.")
    seen = text(description="What was seen.")
    remedy = text(description="What to do; empty where nothing is.")
    marketplace_id = text(null=True)
    marketplace_name = text(null=True)


class DiagnosisShape(Strict):
    """All steps in the order of the publishing guide; `state` is the worst of them."""

    endpoint_slug = text()
    at = time(null=False)
    state = text(*get_args(StepState))
    steps = many(DiagnosisStepShape)


@api.operation("GET", "/endpoints/<slug>/diagnosis", scope="read", gives=DiagnosisShape)
def diagnose(asked: Asked, slug: str) -> Any:
    """Find out why an endpoint is not published, not answered or not found.

    Dataset, model and marketplaces are asked now; nothing is changed.
    """
    return diagnosis_json(asked.services.doctor.diagnose(slug))
