"""The network settings as a form: what stands in it, what it changes, and what is said of it."""

from collections.abc import Mapping
from typing import Any

from ....core.errors import PublicistError
from ....core.records import NetworkView
from ....core.schemas import load_network
from ....core.space.deployment import AUTO
from ....core.space.network import token_needed
from ..kept import again, sent
from ..page import Form, Here, say, tell

TITLES: Mapping[str, str] = {
    "localhost": "On a local machine (localhost)",
    "vm": "On a cloud VM with a public IP",
    "docker_vm": "In Docker on a VM",
    "other": "Somewhere else, such as Kubernetes",
}

SECRET = ("developer_token",)

NEEDS = (
    *((title, token_needed(name)) for name, title in TITLES.items()),
    ("Local development only", token_needed("localhost", afar=False)),
)
"""The publishing guide's table of when a developer token is needed."""


def deployments(view: NetworkView) -> list[tuple[str, str]]:
    """Return the choices; the first one leaves it to what the machine shows."""
    found = f", now: {TITLES[view.space.deployment].lower()}" if view.deployment_source != "entered" else ""
    return [(AUTO, f"Let publicist find out{found}"), *TITLES.items()]


def shown(view: NetworkView) -> Form:
    """Return the form as it stands before anything is typed."""
    entered = view.space.deployment if view.deployment_source == "entered" else AUTO
    return Form({"name": view.space.name, "deployment": entered, "public_url": view.space.public_url})


def entered(here: Here, form: Form) -> dict[str, Any]:
    """Return what the form changes, as it was typed. An empty token keeps the one that is stored."""
    patch: dict[str, Any] = {"name": form["name"]}
    if form["deployment"] != shown(here.services.network.view())["deployment"]:
        patch["deployment"] = form["deployment"]
    if not here.services.settings.public_url:
        patch["public_url"] = form["public_url"]
    if form["forget_token"]:
        patch["developer_token"] = None
    elif form["developer_token"].strip():
        patch["developer_token"] = form["developer_token"]
    return patch


def save(here: Here, form: Form) -> tuple[NetworkView, Form]:
    """Change the settings; return them as they are afterwards, and the form with what is wrong with it."""
    try:
        return here.services.network.change(load_network(entered(here, form))), form
    except PublicistError as error:
        refused = form.refused(error, frozenset(SECRET))
        return here.services.network.view(), again(here, refused, SECRET)


def sent_form(here: Here) -> Form:
    """Return the form as it was sent."""
    return sent(here, SECRET)


def check(here: Here) -> bool:
    """Call the public URL and say who answers; tell whether it is this space."""
    found = here.services.network.check_address()
    if found.status == "reachable":
        say(found.message)
        return True
    tell(PublicistError(found.message, remedy=found.remedy))
    return False
