"""The hooks of the check kinds."""

from collections.abc import Callable, Mapping, Sequence

from ...core.errors import AuthenticationFailed, NotSupported, RejectedError
from ...core.hookspecs import Call, hookimpl
from ...core.records import Check, CheckKind, CheckResult, Endpoint
from . import http_check, tcp_check, tls_check
from .settings import WrongSetting

_REMEDY = "Correct the check's settings."
Run = Callable[[Check, Call], CheckResult]

OFFERS: Mapping[str, tuple[CheckKind, Run]] = {
    module.KIND.name: (module.KIND, module.run) for module in (http_check, tcp_check, tls_check)
}


@hookimpl
def check_kinds() -> Sequence[CheckKind]:
    """Offer ``http``, ``tcp`` and ``tls``."""
    return [kind for kind, _ in OFFERS.values()]


@hookimpl
def run_check(check: Check, endpoint: Endpoint, call: Call) -> CheckResult:  # noqa: ARG001 - they look where they are told to
    """Look once. Raises RejectedError when the settings do not do, MarketplaceUnavailable when nothing answers."""
    if check.kind not in OFFERS:
        raise NotSupported(f"No check of the kind {check.kind!r} is known here.")
    try:
        return OFFERS[check.kind][1](check, call)
    except WrongSetting as error:
        raise RejectedError(str(error), errors=error.errors, remedy=_REMEDY) from None
    except AuthenticationFailed as error:  # a header that cannot be sent
        raise RejectedError(str(error), remedy=_REMEDY) from None
