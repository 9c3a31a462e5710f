"""``/settings/network``: where this space runs, how it is reached, and whether its developer token is accepted."""

from werkzeug.wrappers import Response as AnyResponse

from ....core.records import NetworkView
from ....core.space.network import has_public_address
from ..page import Form, Here, go, render, say
from .area import pages
from .network_form import NEEDS, TITLES, check, deployments, save, sent_form, shown


@pages.show("/settings/network")
def network(here: Here) -> AnyResponse:
    """Show the network settings."""
    view = here.services.network.view()
    return _page(here, view, shown(view))


@pages.act("/settings/network", "admin")
def save_network(here: Here) -> AnyResponse:
    """Change them; every listing follows a changed address."""
    view, form = save(here, sent_form(here))
    if form.errors or form.refusal:
        return _page(here, view, form, 422)
    if form["developer_token"].strip():
        say(f"Saved. The developer token: {view.connection.status}. {view.connection.reason}")
    else:
        say("Saved. Listings follow a changed address by themselves.")
    return go("settings.network")


@pages.act("/settings/network/check", "admin")
def check_address(here: Here) -> AnyResponse:
    """Call the public URL from this machine."""
    check(here)
    return go("settings.network")


def _page(here: Here, view: NetworkView, form: Form, status: int = 200) -> AnyResponse:
    return render(
        "settings/network.html",
        here,
        status,
        view=view,
        form=form,
        deployments=deployments(view),
        titles=TITLES,
        needs=NEEDS,
        reachable=has_public_address(view.space),
        fixed_url=bool(here.services.settings.public_url),
        has_token=view.space.developer_token is not None,
    )
