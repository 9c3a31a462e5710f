"""The space a command works on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..services import Services


@contextmanager
def open_space(*, make: bool = False) -> Iterator["Services"]:
    """Open the space that the settings name, and close it afterwards; ``make`` makes it if it is not there.

    Calls that are still under way are let finish for a moment, except after Ctrl-C: whoever pressed that wants to
    leave now, and the next start takes up what was left. Raises ConfigurationError.
    """
    from ..actors import acting_as, machine_user
    from ..services import open_services
    from ..settings import load_settings

    services = open_services(load_settings(), make=make)
    try:
        with acting_as("cli", machine_user()):
            yield services
    except KeyboardInterrupt:
        raise
    except BaseException:
        services.close()
        raise
    services.close()
