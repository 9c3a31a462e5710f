"""``/endpoints/<slug>/policies/person``: would this person get through, and which policy decides?"""

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from ....core.errors import InvalidInput
from ....core.queries.dry_run import verdict
from ....core.schemas import load_dry_run
from ..endpoint.head import head
from ..page import Form, Here
from .area import pages
from .policies import policies_page


@pages.show("/endpoints/<slug>/policies/person")
def person(here: Here, slug: str) -> AnyResponse:
    """Show what each policy would say to the person that the address tells of; nothing is used up."""
    top, form = head(here, slug), Form({name: request.args.get(name, "") for name in ("who", "email", "marketplace")})
    guest = form["who"] == "guest"
    data = {"guest": guest, "marketplace": form["marketplace"], **({} if guest else {"email": form["email"]})}
    try:
        steps = here.services.enforcer.dry_run(top.record, **load_dry_run(data))
    except InvalidInput as error:
        return policies_page(here, top, form.refused(error), status=422)
    return policies_page(here, top, form, steps, allowed=verdict(steps))
