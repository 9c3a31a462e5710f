"""The only way to the network; see :mod:`publicist.core.http.client`."""

from .answer import Answer
from .attempt import Deadline, HttpSettings
from .client import Client
from .lines import Lines
from .sessions import Sessions

__all__ = ["Answer", "Client", "Deadline", "HttpSettings", "Lines", "Sessions"]
