"""The shapes of what a `rest-v1` catalogue answers: the door through which its JSON comes in.

Unknown fields are ignored, as the protocol says. Everything else is strict: a number is no text, a text holds
no NUL and no half of a surrogate pair (no database takes them), a list is no longer than the protocol allows.
"""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from ...core.records import Json

PER_PAGE = 100
MAX_LISTINGS = 20_000
EXACT = 2**53
MAX_DEPTH = 20
ID = validate.Regexp(r"[A-Za-z0-9_-]{1,100}\Z")
SLUG = validate.Regexp(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
ADDRESS = validate.Regexp(r"(?:https?://[^\s/?#]+[^\s]*)?\Z")


def checked_text(value: str) -> str:
    """Return the text. Raises ValidationError when it is none."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValidationError("Not a valid text.") from error
    if "\0" in value:
        raise ValidationError("Not a valid text.")
    return value


def canonical_json(value: Json, depth: int = 0, text: Callable[[str], str] = checked_text) -> Json:
    """Return a JSON value in the one spelling that is compared: ``1.0`` is ``1``, a tuple is a list.

    Raises ValidationError for what JSON cannot carry, and for more than 20 levels.
    """
    if depth > MAX_DEPTH:
        raise ValidationError("Nested too deeply.")
    if isinstance(value, Mapping):
        return {text(key): canonical_json(item, depth + 1, text) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [canonical_json(item, depth + 1, text) for item in value]
    return text(value) if isinstance(value, str) else _canonical_number(value)


def shown_json(value: Json) -> Json:
    """Return what a catalogue shows in that spelling; the core replaces characters in it that nobody can keep."""
    return canonical_json(value, text=str)


def _canonical_number(value: Json) -> Json:
    if isinstance(value, float):
        if not isfinite(value):
            raise ValidationError("Not a finite number.")
        return int(value) if value.is_integer() and abs(value) < EXACT else value
    return value


class Exactly(fields.Field[Any]):
    """A value of one JSON type, never converted from another; ``then`` makes it canonical."""

    def __init__(self, wanted: type, then: Callable[[Any], Any] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.wanted = wanted
        self.then = then

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Any:
        if type(value) is not self.wanted:
            raise ValidationError(f"Not a valid {self.wanted.__name__}.")
        return self.then(value) if self.then else value


class Lenient(Schema):
    """Ignores what it does not know."""

    class Meta:
        """Fields may be added to the protocol."""

        unknown = EXCLUDE


def count(**kwargs: Any) -> fields.Field[Any]:
    """Return a field for a whole number that is not negative."""
    return Exactly(int, validate=validate.Range(0, EXACT), **kwargs)


def flag(**kwargs: Any) -> fields.Field[Any]:
    """Return a field for true or false."""
    return Exactly(bool, **kwargs)


def text(longest: int, **kwargs: Any) -> fields.Field[Any]:
    """Return a field for a text that the catalogue may hide (null or missing)."""
    return fields.String(allow_none=True, validate=validate.Length(max=longest), **kwargs)


class PolicySchema(Lenient):
    """A policy as it is shown."""

    name = fields.String(required=True)
    type = fields.String(required=True)
    description = fields.String(load_default="")
    config = Exactly(dict, shown_json, load_default=dict)


class ListingSchema(Lenient):
    """A listing; of its fields only the identity is required, the others may be hidden."""

    id = fields.String(required=True, validate=ID)
    slug = fields.String(required=True, validate=[SLUG, validate.Length(max=200)])
    name = text(1_000)
    summary = text(10_000)
    description = text(200_000)
    type = text(100)
    response_type = text(100)
    tags = fields.List(fields.String(), allow_none=True, validate=validate.Length(max=1_000))
    version = text(200)
    visibility = text(100)
    policies = fields.List(
        fields.Nested(PolicySchema, unknown=EXCLUDE), allow_none=True, validate=validate.Length(max=200)
    )
    query_url = text(4_000)
    category = text(200)
    language = text(200)
    installation_id = text(200)
    active = flag(allow_none=True)
    url = fields.String(allow_none=True, validate=[ADDRESS, validate.Length(max=4_000)])


class PageSchema(Lenient):
    """One page of listings."""

    items = fields.List(
        fields.Nested(ListingSchema, unknown=EXCLUDE), required=True, validate=validate.Length(max=PER_PAGE)
    )
    total = Exactly(int, required=True, validate=validate.Range(0, MAX_LISTINGS))
    revision = fields.String(required=True)


class FeaturesSchema(Lenient):
    """What the catalogue offers beside listings."""

    health = flag(load_default=False)
    usage = flag(load_default=False)
    feedback = flag(load_default=False)


class LimitsSchema(Lenient):
    """What the catalogue takes."""

    name = count(load_default=100)
    summary = count(load_default=500)
    description = count(load_default=50_000)
    tags = count(load_default=10)
    tag = count(load_default=30)
    health_batch = Exactly(int, load_default=300, validate=validate.Range(1, 10_000))
    health_ttl_seconds = Exactly(int, load_default=900, validate=validate.Range(30, 86_400))


class CatalogueSchema(Lenient):
    """The capability document."""

    protocol = fields.String(required=True)
    name = fields.String(required=True, validate=validate.Length(1, 200))
    account = text(200, load_default=None)
    features = fields.Nested(FeaturesSchema, unknown=EXCLUDE, load_default=lambda: FeaturesSchema().load({}))
    limits = fields.Nested(LimitsSchema, unknown=EXCLUDE, load_default=lambda: LimitsSchema().load({}))


class SlugSchema(Lenient):
    """Whether a slug is free."""

    available = flag(required=True, allow_none=True)
    reason = fields.String(load_default="", validate=validate.Length(max=1_000))


class TakenSchema(Lenient):
    """What became of a batch of readings."""

    accepted = count(required=True)
    ignored = fields.List(fields.String(), load_default=list, validate=validate.Length(max=10_000))
