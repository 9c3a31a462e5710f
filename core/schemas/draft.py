"""From what was entered to an :class:`~publicist.core.records.Endpoint`, new or changed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from ..errors import InvalidInput
from ..records import Backend, Endpoint, Policy, ResponseType, Visibility
from ..text import propose_slug
from .settings import restored

_SHORT_ID = 8


@dataclass(frozen=True, slots=True)
class EndpointDraft:
    """An endpoint as entered, before it has an id. ``slug`` is None where one is to be proposed."""

    slug: str | None
    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    version: str
    visibility: Visibility
    response_type: ResponseType
    published: bool
    dataset: Backend | None
    model: Backend | None
    policies: tuple[Policy, ...]
    category: str
    language: str


def new_endpoint(draft: EndpointDraft, endpoint_id: str, now: datetime) -> Endpoint:
    """Return the endpoint that ``draft`` describes.

    A missing slug is proposed from the name; that it is free is for the caller to check. Raises InvalidInput
    when a setting is ``***``: there is nothing stored that it could stand for.
    """
    slug = draft.slug or propose_slug(draft.name, endpoint_id.replace("-", "")[:_SHORT_ID])
    given = {field.name: getattr(draft, field.name) for field in fields(draft)}
    sides = {side: _with_secrets(side, given[side], None) for side in ("dataset", "model")}
    return Endpoint(id=endpoint_id, created_at=now, updated_at=now, **{**given, **sides, "slug": slug})


def as_patch(draft: EndpointDraft) -> Mapping[str, Any]:
    """Return the draft as a change of every field, for an endpoint that is there already."""
    given = {field.name: getattr(draft, field.name) for field in fields(draft)}
    return given if draft.slug else {name: value for name, value in given.items() if name != "slug"}


def patched(endpoint: Endpoint, patch: Mapping[str, Any], now: datetime) -> Endpoint:
    """Return ``endpoint`` with the fields of ``patch`` (see ``load_patch``), or itself when nothing differs.

    ``***`` among the settings of a dataset or model keeps the stored value. Where there was neither before,
    and the patch is silent on the response type, it becomes the one that fits. Raises InvalidInput when the
    response type does not fit the dataset and model, or ``***`` stands for nothing.
    """
    values: dict[str, Any] = {
        name: _with_secrets(name, value, getattr(endpoint, name)) if name in {"dataset", "model"} else value
        for name, value in patch.items()
    }
    changed = replace(endpoint, **values)
    fault = misfit(changed.response_type, changed.dataset, changed.model)
    if fault and "response_type" not in patch and not (endpoint.dataset or endpoint.model):
        changed = replace(changed, response_type=fitting(changed.dataset, changed.model))
    elif fault:
        raise InvalidInput({"response_type": [fault]})
    return endpoint if changed == endpoint else replace(changed, updated_at=now)


def fitting(dataset: Backend | None, model: Backend | None) -> ResponseType:
    """Return the response type that fits what is configured; ``both`` where both or neither are."""
    if dataset and not model:
        return "raw"
    return "summary" if model and not dataset else "both"


def misfit(response_type: str | None, dataset: Backend | None, model: Backend | None) -> str | None:
    """Return why the response type does not fit, or None. With neither side configured, all do."""
    if not (dataset or model):
        return None
    if response_type in {"raw", "both"} and not dataset:
        return f"The response type {response_type!r} needs a dataset; add one, or choose 'summary'."
    if response_type in {"summary", "both"} and not model:
        return f"The response type {response_type!r} needs a model; add one, or choose 'raw'."
    return None


def _with_secrets(side: str, entered: Backend | None, stored: Backend | None) -> Backend | None:
    if entered is None:
        return None
    former = stored.settings if stored and stored.kind == entered.kind else {}
    try:
        return replace(entered, settings=restored(entered.settings, former))
    except KeyError as error:
        field = f"{side}.settings.{error.args[0]}"
        raise InvalidInput({field: ["*** stands for a stored value, and none is stored; enter the value."]}) from None
