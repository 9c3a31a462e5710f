"""``/first-steps/space``: what the space is called, where it runs, and how it is reached."""

from werkzeug.wrappers import Response as AnyResponse

from ....core.records import NetworkView
from ..page import Form, Here, go
from ..settings.network_form import NEEDS, check, deployments, save, sent_form, shown
from .steps import pages, step_page


@pages.show("/first-steps/space", "admin")
def space(here: Here) -> AnyResponse:
    """Show the form."""
    view = here.services.network.view()
    return _page(here, view, shown(view))


@pages.act("/first-steps/space", "admin")
def save_space(here: Here) -> AnyResponse:
    """Save it, see whether the address leads here, and go on; where it does not, the page says so and waits."""
    view, form = save(here, sent_form(here))
    if form.errors or form.refusal:
        return _page(here, view, form, 422)
    if view.space.public_url and not check(here):
        return go("first_steps.space")
    return go("first_steps.marketplace")


def _page(here: Here, view: NetworkView, form: Form, status: int = 200) -> AnyResponse:
    return step_page(
        here,
        "space",
        status,
        view=view,
        form=form,
        deployments=deployments(view),
        needs=NEEDS,
        fixed_url=bool(here.services.settings.public_url),
        has_token=view.space.developer_token is not None,
    )
