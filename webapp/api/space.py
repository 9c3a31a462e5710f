"""``/settings/network``, ``/tokens``, ``/plugins`` and who this space is: the space itself."""

from dataclasses import asdict
from typing import Any

from ...core.hosting.freeze import requirements
from ...core.hosting.info import info_json
from ...core.hosting.switch import Offer
from ...core.schemas import (
    NetworkSchema,
    TokenSchema,
    address_check_json,
    load_network,
    load_token,
    network_json,
    token_json,
)
from ...core.space.address_check import PATH, identity
from ..incoming import PageQuery
from ..operation import Api, Asked
from .shapes import page_of
from .space_shapes import (
    AddressCheckShape,
    IdentityShape,
    NetworkShape,
    NewTokenShape,
    PluginChangeShape,
    PluginFindingPage,
    PluginPage,
    PluginRequirementsShape,
    PluginShape,
    TokenPage,
)

api = Api("space", "Space")
root = Api("identity", "Space", prefix=None)


@api.operation("GET", "/settings/network", scope="read", gives=NetworkShape)
def show_network(asked: Asked) -> Any:
    """Show where the space runs and how it is reached."""
    return network_json(asked.services.network.view())


@api.operation("PATCH", "/settings/network", scope="admin", gives=NetworkShape, takes=NetworkSchema)
def change_network(asked: Asked) -> Any:
    """Change the network settings; every listing follows a changed address.

    A developer token is validated by the marketplaces that take one, and saved whatever they say: see `connection`.
    """
    return network_json(asked.services.network.change(load_network(asked.body)))


@api.operation("POST", "/settings/network/check", scope="admin", gives=AddressCheckShape)
def check_network(asked: Asked) -> Any:
    """Call the public URL from this machine, and tell whether this space answers there."""
    return address_check_json(asked.services.network.check_address())


@root.operation("GET", PATH, scope=None, gives=IdentityShape)
def show_identity(asked: Asked) -> Any:
    """Tell which space this is, so that it can find out whether it is itself at its public URL."""
    return identity(asked.services.spaces.current())


@api.operation("GET", "/tokens", scope="admin", gives=TokenPage, query=PageQuery)
def list_tokens(asked: Asked) -> Any:
    """List API tokens, revoked ones too."""
    return page_of([token_json(token) for token in asked.services.tokens.all()], asked.query)


@api.operation("POST", "/tokens", scope="admin", gives=NewTokenShape, status=201, takes=TokenSchema)
def create_token(asked: Asked) -> Any:
    """Make an API token. `token` is shown this once and never again."""
    services = asked.services
    token, secret = services.tokens.create(load_token(asked.body, services.clock()))
    return {**token_json(token), "token": secret.reveal()}


@api.operation("DELETE", "/tokens/<uuid:token_id>", scope="admin", gives=None, status=204)
def revoke_token(asked: Asked, token_id: str) -> Any:
    """Revoke an API token; sessions that were begun with it end."""
    asked.services.tokens.revoke(token_id)


@api.operation("GET", "/plugins", scope="read", gives=PluginPage, query=PageQuery)
def list_plugins(asked: Asked) -> Any:
    """List the plugins, broken ones with the reason."""
    return page_of([info_json(offer.info) for offer in asked.services.plugin_switch.offers()], asked.query)


@api.operation("GET", "/plugins/<name>", scope="read", gives=PluginShape)
def show_plugin(asked: Asked, name: str) -> Any:
    """Show one plugin, and how it last failed."""
    return info_json(asked.services.plugin_switch.offer(name).info)


@api.operation("GET", "/plugin-findings", scope="read", gives=PluginFindingPage, query=PageQuery)
def plugin_findings(asked: Asked) -> Any:
    """List what is wrong with plugins, and what to do about it."""
    return page_of([asdict(finding) for finding in asked.services.plugin_doctor.findings()], asked.query)


@api.operation("GET", "/plugin-requirements", scope="read", gives=PluginRequirementsShape)
def plugin_requirements(asked: Asked) -> Any:
    """List the installed third-party plugins as requirements for pip, to install the same ones elsewhere."""
    return {"requirements": list(requirements(asked.services.plugins.infos))}


@api.operation("POST", "/plugins/<name>/disable", scope="admin", gives=PluginChangeShape)
def disable_plugin(asked: Asked, name: str) -> Any:
    """Have no hook of a plugin called any more, from now on and after a restart. Its marketplaces stop meanwhile."""
    return _plugin(asked.services.plugin_switch.disable(name))


@api.operation("POST", "/plugins/<name>/enable", scope="admin", gives=PluginChangeShape)
def enable_plugin(asked: Asked, name: str) -> Any:
    """Have a plugin called again; test its marketplaces to have them taken up at once."""
    return _plugin(asked.services.plugin_switch.enable(name))


def _plugin(offer: Offer) -> dict[str, Any]:
    stops = [item.name for item in offer.marketplaces] if offer.info.state == "disabled" else []
    return {**info_json(offer.info), "stopped_marketplaces": stops}
