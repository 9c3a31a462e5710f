"""``/settings/network``, ``/tokens`` and ``/plugins``: the space itself."""

from dataclasses import asdict
from typing import Any

from ...core.schemas import NetworkSchema, TokenSchema, load_network, load_token, network_json, token_json
from ..incoming import PageQuery
from ..operation import Api, Asked
from .shapes import page_of
from .space_shapes import NetworkShape, NewTokenShape, PluginPage, TokenPage

api = Api("space", "Space")


@api.operation("GET", "/settings/network", scope="read", gives=NetworkShape)
def show_network(asked: Asked) -> Any:
    """Show where the space runs and how it is reached."""
    return network_json(asked.services.spaces.current())


@api.operation("PATCH", "/settings/network", scope="admin", gives=NetworkShape, takes=NetworkSchema)
def change_network(asked: Asked) -> Any:
    """Change the network settings; every listing follows a changed address."""
    return network_json(asked.services.spaces.change(load_network(asked.body)))


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
    return page_of([asdict(info) for info in asked.services.plugins.infos], asked.query)
