"""What the API answers about this space: its network settings, API tokens and plugins."""

from typing import get_args

from ...core.records import AddressStatus, ConnectionStatus, DeploymentSource
from ...core.schemas import SCOPES, Strict
from ...core.space.deployment import DEPLOYMENTS
from .shapes import count, flag, one, paged_shape, text, texts, time


class ConnectionShape(Strict):
    """Whether the developer token is accepted by every marketplace that takes it."""

    status = text(*get_args(ConnectionStatus))
    reason = text()
    checked_at = time()
    tunnel_domain = text(description="Where a marketplace would let a tunnel end; empty where none offers one.")


class NetworkShape(Strict):
    """How the space is reached; of the developer token only whether there is one."""

    name = text()
    installation_id = text()
    deployment = text(*DEPLOYMENTS)
    deployment_source = text(*get_args(DeploymentSource))
    deployment_reason = text()
    public_url = text()
    proposed_public_url = text(description="From a public address of this machine; empty where it shows none.")
    has_public_address = flag()
    developer_token_set = flag()
    token_needed = flag()
    token_reason = text()
    connection = one(ConnectionShape)


class AddressCheckShape(Strict):
    """What answers at the public URL, seen from this machine."""

    public_url = text()
    status = text(*get_args(AddressStatus))
    message = text()
    remedy = text()
    checked_at = time(null=False)


class IdentityShape(Strict):
    """Which space this is."""

    installation_id_digest = text(description="The SHA-256 of the installation id, in hexadecimal.")


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


class PluginFailureShape(Strict):
    """How a plugin last failed in a call; `over`: that hook has worked since."""

    at = time(null=False)
    hook = text()
    message = text()
    traceback = text()
    count = count()
    over = flag()


class PluginShape(Strict):
    """What is known of one plugin; the traceback tells why one is broken."""

    name = text()
    version = text()
    source = text()
    state = text("active", "faulty", "disabled", "broken")
    hooks = texts()
    kinds = texts()
    traceback = text()
    remedy = text(description="What to do about one that is broken.")
    isolated = flag(description="Whether it runs in a process of its own.")
    left_out = texts(description="Hooks that are not called, because it runs in a process of its own.")
    hook_version = count()
    warnings = texts(description="What of it is on its way out.")
    distribution = text(description="The installed package that it came with.")
    failures = count()
    last_failure = one(PluginFailureShape, null=True)


class PluginChangeShape(PluginShape):
    """A plugin that was disabled or enabled, and the names of the marketplaces that stop because of it."""

    stopped_marketplaces = texts()


class PluginFindingShape(Strict):
    """One thing that is wrong with plugins; `plugin` is empty where none that is there is to blame."""

    plugin = text()
    level = text("fail", "warn")
    code = text()
    message = text()
    remedy = text()


class PluginRequirementsShape(Strict):
    """The installed third-party plugins, each as a line that pip takes."""

    requirements = texts()


PluginFindingPage = paged_shape("PluginFindingPage", PluginFindingShape)
TokenPage = paged_shape("TokenPage", TokenShape)
PluginPage = paged_shape("PluginPage", PluginShape)
