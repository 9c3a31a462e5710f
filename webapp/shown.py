"""Text as pages show it: whoever wrote it, it cannot change how what stands around it reads."""

import re
from typing import Any

from flask import Flask
from markupsafe import Markup

# Controls draw nothing, and NUL is no HTML; of the marks for writing directions those that reach beyond one character.
_UNRULY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_INSTEAD = "\ufffd"


def install(app: Flask) -> None:
    """Have all templates show text so."""
    app.jinja_env.finalize = shown


def shown(value: Any) -> Any:
    """Return text with a mark for each character that is not to be shown; all else as it is."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _UNRULY.sub(_INSTEAD, value)
    return value
