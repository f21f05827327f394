"""Fragments for a page that asks again and again: nothing is drawn, and nothing sent, while nothing has changed."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request


def unless_known(tag: str, draw: Callable[[], str]) -> Response:
    """What *draw* shows, under a *tag* that changes with it; 304 for who has it already."""
    answer = Response()
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "no-cache, private"
    if tag not in request.if_none_match:
        answer.set_data(draw())
    answer.make_conditional(request)
    return answer
