"""Stars: ``/endpoints/{id}/star``."""

import peewee
from flask import Blueprint

from .errors import no_endpoint
from .hub import Hub, current_hub, first, run
from .incoming import path_id
from .models import Endpoint, Star
from .sessions import required_user

blueprint = Blueprint("stars", __name__, url_prefix="/endpoints/<number>")


@blueprint.post("/star")
def star(number: str) -> tuple[dict[str, bool], int]:
    """Give a star. The answer tells whether it is a new one."""
    user, endpoint_id, hub = required_user(), path_id(number, "endpoint_id"), current_hub()
    with hub.database.write():
        if first(Endpoint.select().where(Endpoint.id == endpoint_id, Endpoint.is_active)) is None:
            raise no_endpoint()
        new = not _given(user.id, endpoint_id)
        if new:
            run(Star.insert(user=user.id, endpoint=endpoint_id))
            _count(hub, endpoint_id)
    return {"starred": new}, 201


@blueprint.delete("/star")
def unstar(number: str) -> tuple[str, int]:
    """Take the star back, if there is one."""
    user, endpoint_id, hub = required_user(), path_id(number, "endpoint_id"), current_hub()
    with hub.database.write():
        run(Star.delete().where(Star.user == user.id, Star.endpoint == endpoint_id))
        _count(hub, endpoint_id)
    return "", 204


@blueprint.get("/starred")
def starred(number: str) -> dict[str, bool]:
    """Tell whether one has starred it."""
    return {"starred": _given(required_user().id, path_id(number, "endpoint_id"))}


def _given(user_id: int, endpoint_id: int) -> bool:
    return first(Star.select().where(Star.user == user_id, Star.endpoint == endpoint_id)) is not None


def _count(hub: Hub, endpoint_id: int) -> None:
    stars = Star.select(peewee.fn.COUNT(1)).where(Star.endpoint == endpoint_id)
    hub.database.run(Endpoint.update(stars_count=stars).where(Endpoint.id == endpoint_id))
