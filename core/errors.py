"""Everything that publicist raises on purpose. Pure.

A class exists only where a caller acts differently; what a person needs to know (the cause, what happened,
what to do) travels in every one of them::

    PublicistError
    ├── ConfigurationError        a setting or the key is wrong: the program cannot start like this
    ├── InvalidInput              what was entered breaks a rule; told per field
    ├── NotFound                  no such endpoint, marketplace, token …
    ├── Conflict                  sound, but not while things are as they are
    ├── NotAllowed                the token is missing, unknown, or lacks the scope
    ├── NotAuthenticated          a query came with a token that does not hold here
    ├── QueryRefused              a query gets no answer (it is in :mod:`publicist.core.queries.refusals`)
    └── MarketplaceError          a marketplace, or the plugin that speaks to it
        ├── TransientError        try the same thing again later
        │   ├── MarketplaceUnavailable
        │   └── RateLimited
        ├── OutcomeUnknown        a write was sent and its answer never came: look before writing again
        ├── AuthenticationFailed  needs a person, or a fresh credential
        ├── RejectedError         will not pass as it is; needs an edit
        │   ├── SlugConflict
        │   ├── ListingGone       what we wanted to change is not there any more
        │   └── NotSupported      this kind has no such operation
        └── PluginFault           the plugin raised, returned the wrong thing, or never returned

The causes are the publishing guide's, and a few beside them (see :data:`CAUSES`).
"""

from collections.abc import Mapping
from typing import ClassVar

CAUSES: Mapping[str, str] = {
    "slug_conflict": "Check the slug's availability and choose another one, then update the endpoint.",
    "network_unreachable": "Enter a public URL under Settings, Network; on a local machine add a developer "
    "token. On a VM, check the firewall and the public address.",
    "authentication_failed": "Check the marketplace's API key or user and password under Settings, "
    "Marketplaces, or the developer token under Settings, Network.",
    "endpoint_unhealthy": "Test the dataset and the model (`publicist preflight SLUG`); repair what does not answer.",
    "validation": "Correct the fields that are named, then try again.",
    "rate_limited": "Nothing to do: it is tried again when the marketplace allows it.",
    "marketplace_unavailable": "Nothing to do if it is a passing fault: it is tried again. Otherwise check the "
    "marketplace's address.",
    "marketplace_disabled": "Enable the marketplace under Settings, Marketplaces.",
    "plugin_fault": "Update or disable the plugin; its traceback is shown under Plugins.",
    "outcome_unknown": "Nothing to do: the marketplace is looked at before anything is written again.",
    "not_published": "Set the endpoint's `published` to true when it is ready.",
    "configuration": "Correct the setting that is named, then start again.",
    "not_found": "Check the name; the list shows what there is.",
    "conflict": "See the message for what stands in the way.",
    "not_allowed": "Use a token that has the scope named in the message.",
    "not_supported": "This marketplace cannot do it.",
    "not_authenticated": "Get a new token for this space from the marketplace that lists the endpoint, then ask again.",
    "access_denied": "Ask the provider for access.",
    "payment_required": "Pay what is owed, then ask again with the proof in the X-Payment header.",
    "policy_violation": "Ask the provider what the policy wants.",
    "backend_failed": "Ask again later; the provider sees the cause in the log of the space.",
    "deadline": "Ask again later, or ask for less.",
    "maintenance": "Ask again when the maintenance is over.",
    "busy": "Ask again in a moment.",
}
"""Each cause code with the remedy that is given where the raiser knows no better one."""


class PublicistError(Exception):
    """Base of all: ``cause`` is a key of :data:`CAUSES`, ``message`` and ``remedy`` are sentences for people."""

    cause: ClassVar[str] = "conflict"

    def __init__(self, message: str, *, remedy: str | None = None, cause: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.cause_code = cause or self.cause
        self.remedy = remedy or CAUSES[self.cause_code]


class ConfigurationError(PublicistError):
    """A setting, the secret key or the data directory does not do."""

    cause = "configuration"


class InvalidInput(PublicistError):
    """What was entered breaks a rule. ``errors`` maps a field's path (``policies.0.config``) to its messages."""

    cause = "validation"

    def __init__(
        self, errors: Mapping[str, list[str]], message: str | None = None, *, remedy: str | None = None
    ) -> None:
        said = "; ".join(f"{field}: {' '.join(texts)}" for field, texts in errors.items())
        super().__init__(message or f"Not accepted: {said}", remedy=remedy)
        self.errors = {field: list(texts) for field, texts in errors.items()}


class NotFound(PublicistError):
    """There is nothing by that name."""

    cause = "not_found"


class Conflict(PublicistError):
    """The request is sound, but something stands in its way (HTTP 409)."""


class NotAllowed(PublicistError):
    """No token, an unknown one, or one without the scope. ``authenticated`` tells 403 from 401."""

    cause = "not_allowed"

    def __init__(self, message: str, *, authenticated: bool = False, remedy: str | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.authenticated = authenticated


class NotAuthenticated(PublicistError):
    """The token that came with a query does not hold here (HTTP 401).

    ``reason`` is one word for programs: ``malformed``, ``invalid_algorithm``, ``unknown_key``, ``invalid_signature``,
    ``token_expired``, ``not_yet_valid``, ``invalid_issuer``, ``audience_mismatch``, ``not_published_there`` or
    ``not_vouched_for``.
    """

    cause = "not_authenticated"
    status: ClassVar[int] = 401

    def __init__(self, message: str, *, reason: str, remedy: str | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.reason = reason


class MarketplaceError(PublicistError):
    """Something a marketplace answered, or failed to; ``answered`` is False where certainly no answer came.

    ``part`` names what of a description (``list.paging``) does not fit what came; empty where that is not known.
    """

    cause = "marketplace_unavailable"
    answered = True
    part = ""


class TransientError(MarketplaceError):
    """Try again later; ``retry_after`` is what the marketplace asked for, in seconds, or None."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        remedy: str | None = None,
        cause: str | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy, cause=cause)
        self.retry_after = retry_after


class MarketplaceUnavailable(TransientError):
    """No connection, a 5xx, a redirect, or an answer that makes no sense, and certainly nothing was written."""


class RateLimited(TransientError):
    """The marketplace asked us to slow down (HTTP 429)."""

    cause = "rate_limited"


class OutcomeUnknown(MarketplaceError):
    """A write was sent and no proper answer came back: it may or may not have been done."""

    cause = "outcome_unknown"


class AuthenticationFailed(MarketplaceError):
    """The credentials were refused."""

    cause = "authentication_failed"


class RejectedError(MarketplaceError):
    """The marketplace will not take this as it is. ``errors`` tells it per field where it was told."""

    cause = "validation"

    def __init__(
        self,
        message: str,
        *,
        errors: Mapping[str, list[str]] | None = None,
        remedy: str | None = None,
        cause: str | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy, cause=cause)
        self.errors = dict(errors or {})


class SlugConflict(RejectedError):
    """The slug is taken there."""

    cause = "slug_conflict"


class ListingGone(RejectedError):
    """The listing that was to be changed or withdrawn is not there."""

    cause = "not_found"


class NotSupported(RejectedError):
    """This kind of marketplace has no such operation."""

    cause = "not_supported"


class PluginFault(MarketplaceError):
    """The plugin raised something else, returned the wrong type, or did not return. ``traceback`` shows where."""

    cause = "plugin_fault"

    def __init__(self, message: str, *, traceback: str = "", remedy: str | None = None) -> None:
        super().__init__(message, remedy=remedy)
        self.traceback = traceback
