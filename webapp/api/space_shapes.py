"""What the API answers about this space: its network settings, API tokens and plugins."""

from ...core.schemas import SCOPES, Strict
from .shapes import flag, paged_shape, text, texts, time


class NetworkShape(Strict):
    """How the space is reached; of the developer token only whether there is one."""

    name = text()
    installation_id = text()
    deployment = text()
    public_url = text()
    has_public_address = flag()
    developer_token_set = flag()


class TokenShape(Strict):
    """An API token, without the token."""

    id = text(format="uuid")
    name = text()
    prefix = text()
    scopes = texts(description=f"Of {', '.join(SCOPES)}.")
    created_at = time(null=False)
    expires_at = time()
    last_used_at = time()
    revoked_at = time()


class NewTokenShape(TokenShape):
    """An API token just made, and the token itself: it is shown this once."""

    token = text()


class PluginShape(Strict):
    """What is known of one plugin; the traceback tells why one is broken."""

    name = text()
    version = text()
    source = text()
    state = text("active", "broken")
    hooks = texts()
    kinds = texts()
    traceback = text()


TokenPage = paged_shape("TokenPage", TokenShape)
PluginPage = paged_shape("PluginPage", PluginShape)
