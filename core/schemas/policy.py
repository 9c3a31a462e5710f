"""The configuration of the policies that are always there: ``access``, ``rate_limit``, ``accounting``."""

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from ..policies.rates import MOST_CHARACTERS, read_rates, write_rates
from ..records import Policy
from .base import Strict, load
from .fields import Checked, Flag, Items, JsonObject, Line, Matching

MOST_PEOPLE = 10_000
MOST_GLOBS = 100
LONGEST_PERSON = 320
MOST_PRICE = Decimal(1_000_000)
MOST_DECIMALS = 8
_PRICE = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_CURRENCY = re.compile(r"[A-Z]{3,5}")
_PERSON = re.compile(r"[^\s,;<>\x00-\x1f\x7f]+")


def _read_person(text: str) -> str:
    person = text.strip().casefold()
    if len(person) > LONGEST_PERSON or not _PERSON.fullmatch(person) or not person.isprintable():
        raise ValueError(
            f"Must be an address, a domain such as @example.org, or *; at most {LONGEST_PERSON} characters."
        )
    return person


def _read_glob(text: str) -> str:
    glob = text.strip()
    if not glob or len(glob) > LONGEST_PERSON or not glob.isprintable():
        raise ValueError(f"Must be the name of a marketplace, perhaps with *; at most {LONGEST_PERSON} characters.")
    return glob


def _read_limit(text: str) -> str:
    return write_rates(read_rates(text))


def _read_currency(text: str) -> str:
    currency = text.strip().upper()
    if not _CURRENCY.fullmatch(currency):
        raise ValueError("Must be a currency of 3 to 5 letters, such as USD.")
    return currency


class Price(fields.Field[Any]):
    """An amount from 0, as a number or as text; a text comes back in its shortest form."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValidationError("Must be a number, or a number in quotes.")
        amount = _amount(value)
        return f"{amount:f}" if isinstance(value, str) else value


class AccessConfig(Strict):
    """Who may query. Nobody listed means everyone whom a marketplace vouches for."""

    allowed_users = Items(Checked(_read_person), MOST_PEOPLE, load_default=list)
    denied_users = Items(Checked(_read_person), MOST_PEOPLE, load_default=list)
    allow_guests = Flag(load_default=False, metadata={"description": "Whether people without an account may query."})
    marketplaces = Items(Checked(_read_glob), MOST_GLOBS, load_default=list)


class RateLimitConfig(Strict):
    """How often one may query."""

    limit = Checked(
        _read_limit,
        required=True,
        metadata={"description": "Such as 100/m; several are separated by ;", "maxLength": MOST_CHARACTERS},
    )
    scope = fields.String(load_default="per_user", validate=validate.OneOf(["per_user", "global"]))
    applied_to = Items(Checked(_read_person), MOST_PEOPLE, least=1, load_default=lambda: ["*"])


class AccountingConfig(Strict):
    """What a query costs."""

    price = Price(required=True, metadata={"description": "From 0, as a number or in quotes."})
    currency = Checked(_read_currency, load_default="USD")
    unit = fields.String(load_default="query", validate=validate.OneOf(["query", "document"]))
    require_payment = Flag(load_default=False)


CONFIGS: Mapping[str, type[Schema]] = {
    "access": AccessConfig,
    "rate_limit": RateLimitConfig,
    "accounting": AccountingConfig,
}


class PolicySchema(Strict):
    """One policy on an endpoint. Of the types in ``known_types`` a plugin checks the configuration itself."""

    name = Line(100, load_default="", metadata={"description": "Shown to you only; the type if it is left out."})
    type = Matching(
        r"[a-z][a-z0-9_-]{0,49}",
        "Must be a word of lower-case letters, digits, - and _.",
        required=True,
        metadata={"description": "access, rate_limit, accounting, or a plugin's own."},
    )
    config = JsonObject(load_default=dict)

    def __init__(self, *, known_types: Collection[str] = (), **options: Any) -> None:
        super().__init__(**options)
        self.known_types = known_types

    @post_load
    def _record(self, data: dict[str, Any], **_: Any) -> Policy:
        return Policy(data["name"] or data["type"], data["type"], self._clean(data["type"], data["config"]))

    def _clean(self, policy_type: str, config: dict[str, Any]) -> Any:
        schema = CONFIGS.get(policy_type)
        if schema is None and policy_type in self.known_types:
            return config
        if schema is None:
            known = ", ".join(sorted({*CONFIGS, *self.known_types}))
            raise ValidationError({"type": [f"There is no policy type {policy_type!r}; there are {known}."]})
        try:
            return schema().load(config)
        except ValidationError as error:
            raise ValidationError({"config": error.messages}) from None


def load_policy(data: Any, *, known_types: Collection[str] = ()) -> Policy:
    """Return a policy, its configuration cleaned and with its defaults.

    Args:
        data: ``{name, type, config}``.
        known_types: the types that plugins offer; their configuration is theirs to check.

    Raises InvalidInput.
    """
    policy: Policy = load(PolicySchema(known_types=known_types), data)
    return policy


def _amount(value: float | str) -> Decimal:
    text = str(value).strip() if isinstance(value, str) or -MOST_PRICE <= value <= MOST_PRICE else ""
    if isinstance(value, str) and not _PRICE.fullmatch(text):
        raise ValidationError("Cannot be read as a number; write it like 0.05.")
    if not text or not 0 <= Decimal(text) <= MOST_PRICE:
        raise ValidationError(f"Must be from 0 to {MOST_PRICE:,}.")
    amount = Decimal(text).normalize()
    if amount != round(amount, MOST_DECIMALS):
        raise ValidationError(f"At most {MOST_DECIMALS} decimals.")
    return amount
