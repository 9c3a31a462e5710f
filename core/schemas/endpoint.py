"""Endpoints as they come from outside: made whole, or changed field by field."""

from collections.abc import Collection, Mapping
from typing import Any, get_args

from marshmallow import ValidationError, fields, post_load, validate, validates, validates_schema

from ..policies.accounting import tariff_of
from ..records import Backend, BackendKind, Policy, ResponseType, Visibility
from .base import Strict, load
from .draft import EndpointDraft, fitting, misfit
from .fields import Flag, Items, JsonObject, Line, Matching, Slug, Tags, Text, Whole
from .policy import PolicySchema
from .settings import setting_faults

MOST_POLICIES = 50


class BackendSchema(Strict):
    """What answers queries: a dataset or a model."""

    kind = Matching(
        r"[a-z][a-z0-9_-]{0,49}",
        "Must be a word of lower-case letters, digits, - and _.",
        required=True,
        metadata={"description": "A kind that a plugin offers; http is always there."},
    )
    name = Line(100, load_default="", metadata={"description": "Shown to you; the kind if it is left out."})
    settings = JsonObject(load_default=dict, metadata={"description": "As the kind asks; for http {url, health_url?}."})

    @post_load
    def _record(self, data: dict[str, Any], **_: Any) -> Backend:
        return Backend(kind=data["kind"], name=data["name"] or data["kind"], settings=data["settings"])


class EndpointSchema(Strict):
    """An endpoint as its provider describes it.

    Args:
        policy_types: the policy types of plugins, beside those that are always there.
        backend_kinds: the kinds of dataset and model there are, by name; None leaves them unchecked.
        options: marshmallow's own.
    """

    def __init__(
        self,
        *,
        policy_types: Collection[str] = (),
        backend_kinds: Mapping[str, BackendKind] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        # Both the list and what it holds are copies that belong to this schema alone.
        policies: Any = self.fields["policies"]
        policies.inner.schema.known_types = policy_types
        self.backend_kinds = backend_kinds

    name = Line(100, visible=True, required=True, metadata={"description": "What people read."})
    slug = Slug(metadata={"description": "The name in addresses; proposed from the name if it is left out."})
    summary = Text(500, load_default="", metadata={"description": "One paragraph for search results."})
    description = Text(50_000, load_default="", metadata={"description": "The whole story, in Markdown."})
    tags = Tags(load_default=list, metadata={"description": "At most 10, lower-cased, without repeats."})
    version = Matching(r"[0-9]{1,9}(?:\.[0-9]{1,9}){2}", "Must be three numbers, such as 0.1.0.", load_default="0.1.0")
    visibility = fields.String(load_default="public", validate=validate.OneOf(get_args(Visibility)))
    response_type = fields.String(
        validate=validate.OneOf(get_args(ResponseType)),
        metadata={"description": "raw needs a dataset, summary a model, both needs both. Default: what fits."},
    )
    published = Flag(load_default=False, metadata={"description": "Your word that it is ready to be listed."})
    dataset = Whole(BackendSchema, allow_none=True, load_default=None)
    model = Whole(BackendSchema, allow_none=True, load_default=None)
    policies = Items(Whole(PolicySchema), MOST_POLICIES, load_default=list)
    category = Line(50, load_default="", metadata={"description": "Such as health or law."})
    language = Matching(
        r"(?:[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})?",
        "Must be a language tag such as en or pt-BR.",
        load_default="",
    )

    @validates("dataset", "model")
    def _check_backend(self, value: Any, **_: Any) -> None:
        if not isinstance(value, Backend) or self.backend_kinds is None:
            return
        kind = self.backend_kinds.get(value.kind)
        if kind is None:
            known = ", ".join(sorted(self.backend_kinds))
            raise ValidationError({"kind": [f"There is no kind {value.kind!r}; there are {known}."]})
        if faults := setting_faults(value.settings, kind.settings):
            raise ValidationError({"settings": faults})

    @validates("policies")
    def _check_currency(self, value: Any, **_: Any) -> None:
        """Prices in two currencies add up to nothing that could be charged."""
        try:
            tariff_of([policy for policy in value if isinstance(policy, Policy)])
        except ValueError as error:
            raise ValidationError(str(error)) from None

    @validates_schema
    def _check_fit(self, data: dict[str, Any], **_: Any) -> None:
        """A patch is checked when it is applied: only then are both sides known."""
        if not self.partial and (fault := misfit(data.get("response_type"), data["dataset"], data["model"])):
            raise ValidationError(fault, "response_type")


class EndpointPatchSchema(EndpointSchema):
    """Some fields of an endpoint; what is left out stays as it is, ``null`` takes a dataset or model away."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "partial": True})


def load_endpoint(
    data: Any, *, policy_types: Collection[str] = (), backend_kinds: Mapping[str, BackendKind] | None = None
) -> EndpointDraft:
    """Return the endpoint that ``data`` describes, cleaned and with its defaults; its slug may be None.

    Raises InvalidInput. The arguments are those of :class:`EndpointSchema`.
    """
    clean = load(EndpointSchema(policy_types=policy_types, backend_kinds=backend_kinds), data)
    given = clean.pop("response_type", None) or fitting(clean["dataset"], clean["model"])
    return EndpointDraft(slug=clean.pop("slug", None), response_type=given, **_frozen(clean))


def load_patch(
    data: Any, *, policy_types: Collection[str] = (), backend_kinds: Mapping[str, BackendKind] | None = None
) -> Mapping[str, Any]:
    """Return the given fields, cleaned, by their names in the record ``Endpoint``; no defaults.

    Raises InvalidInput. Hand the result to :func:`~publicist.core.schemas.draft.patched`.
    """
    return _frozen(load(EndpointPatchSchema(policy_types=policy_types, backend_kinds=backend_kinds), data))


def _frozen(clean: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in clean.items()}
