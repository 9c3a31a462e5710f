"""The pages: server-made HTML that works by keyboard, on a phone, and without scripts."""

from flask import Blueprint

from . import administration, badge, endpoint, feedback, first_run, home, monitoring, settings, sign_in, status, tabs
from .page import Pages, serve

blueprint = Blueprint("pages", __name__)
blueprint.add_url_rule("/", view_func=serve(home.home, "read"), methods=["GET"], endpoint="home")
blueprint.add_url_rule("/sign-in", view_func=sign_in.show, methods=["GET"], endpoint="sign_in")
blueprint.add_url_rule("/sign-in", view_func=sign_in.enter, methods=["POST"], endpoint="enter")
blueprint.add_url_rule("/sign-out", view_func=sign_in.leave, methods=["POST"], endpoint="sign_out")
blueprint.add_url_rule("/setup/<code>", view_func=first_run.setup.show, methods=["GET"], endpoint="setup")
blueprint.add_url_rule("/setup/<code>", view_func=first_run.setup.take, methods=["POST"], endpoint="make_account")
blueprint.add_url_rule("/feedback/<slug>", view_func=feedback.show, methods=["GET"], endpoint="feedback")
blueprint.add_url_rule("/feedback/<slug>", view_func=feedback.take, methods=["POST"], endpoint="give_feedback")
blueprint.add_url_rule("/feedback/<slug>/thanks", view_func=feedback.thank, methods=["GET"], endpoint="feedback_given")
blueprint.add_url_rule("/badge/<slug>.svg", view_func=badge.badge, methods=["GET"], endpoint="badge")
blueprint.add_url_rule("/status", view_func=status.show, methods=["GET"], endpoint="status")
blueprint.add_url_rule("/status/<tag>", view_func=status.show, methods=["GET"], endpoint="status_of_tag")
blueprint.add_app_template_filter(status.percent, "percent")
blueprint.add_app_template_filter(home.moment, "moment")
blueprint.add_app_template_global(first_run.left, "first_steps_left")

areas: tuple[Pages, ...] = (
    *administration.areas,
    endpoint.area,
    first_run.pages,
    monitoring.pages,
    settings.pages,
    tabs.area,
)
"""The pages for those who are signed in, by area."""
