"""The API's door: what happens to every request, in this order, before its view and after it."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from app.web.api import keys, limits, repeats
from app.web.api.problems import PREFIX, answer_problems_of


def new_blueprint() -> APIBlueprint:
    """The API without any address yet: every request to it is bounded, authorized, counted, and answered only once."""
    blueprint = APIBlueprint("api", __name__, url_prefix=PREFIX, tag="API v1")
    for before in (keys.bound, keys.authorize, repeats.answer_again):
        blueprint.before_request(before)
    for after in (repeats.keep_answer, limits.tell, _never_cached):
        blueprint.after_request(after)
    answer_problems_of(blueprint)
    return blueprint


def _never_cached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
