"""What the author of a description can do about what went wrong in a trial, and where in the file to look."""

from ..errors import CAUSES, AuthenticationFailed, MarketplaceError, OutcomeUnknown, RateLimited, RejectedError

_ADDRESS = "Check the marketplace's address (--url), and that it can be reached from here."
_CREDENTIAL = "Check what was entered (--set, --set-env). If that is right, correct how `auth` sends it."
_LATER = "Try again later."
_UNKNOWN = "Look at what was sent and answered. If the marketplace did as it was told, correct how its answer is read."
_REFUSED = "Correct what is sent, or what the answer means (`errors`). Does it want an address? --public-url."
_ANSWER = "Compare the answer with what the file says of it. If it is a passing fault of the marketplace, try again."


def blamed(error: MarketplaceError, part: str) -> str:
    """Return the part of the file that an error may be the fault of, in the step of ``part``; empty for none."""
    if not error.answered:
        return "default_url"
    if isinstance(error, RateLimited):
        return ""
    return "auth" if isinstance(error, AuthenticationFailed) else error.part or part


def remedy_for(error: MarketplaceError) -> str:
    """Return what to do: what whoever raised the error says, unless that is what one does with a space."""
    if error.remedy != CAUSES[error.cause_code]:
        return error.remedy
    if not error.answered:
        return _ADDRESS
    known = {AuthenticationFailed: _CREDENTIAL, RateLimited: _LATER, OutcomeUnknown: _UNKNOWN, RejectedError: _REFUSED}
    return next((said for kind, said in known.items() if isinstance(error, kind)), _ANSWER)
