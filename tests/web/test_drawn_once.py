"""What is drawn once and remembered is what would be drawn anew."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_babel import force_locale

from helpdesk.web.drawn_once import drawn_each, drawn_once
from tests.support.cast import Cast

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
GREETING = "{% macro greet(name, at) %}{{ _('Search') }} {{ name }} {{ at|moment_short(at) }}{% endmacro %}"


def test_it_is_drawn_anew_for_other_words_another_language_and_another_zone(
    app: Flask, cast: Cast
) -> None:
    greet = app.jinja_env.from_string(GREETING).module.greet  # type: ignore[attr-defined]
    with app.test_request_context("/"):
        assert "Cari Wati" in drawn_once(greet, "Wati", AT)
        assert drawn_once(greet, "Wati", AT) is drawn_once(greet, "Wati", AT)
        assert "Cari Budi" in drawn_once(greet, "Budi", AT)
    with app.test_request_context("/"), force_locale("en"):
        assert "Search Wati" in drawn_once(greet, "Wati", AT)


def test_what_people_type_is_escaped_once(app: Flask, cast: Cast) -> None:
    greet = app.jinja_env.from_string(GREETING).module.greet  # type: ignore[attr-defined]
    with app.test_request_context("/"):
        for _again in range(2):
            assert "&lt;b&gt;Wati&lt;/b&gt;" in drawn_once(greet, "<b>Wati</b>", AT)


def test_what_could_change_is_refused(app: Flask, cast: Cast) -> None:
    greet = app.jinja_env.from_string(GREETING).module.greet  # type: ignore[attr-defined]
    with app.test_request_context("/"), pytest.raises(TypeError, match="unhashable"):
        drawn_once(greet, ["a list"], None)


def test_each_of_several_is_the_one_that_is_drawn_alone(app: Flask, cast: Cast) -> None:
    greet = app.jinja_env.from_string(GREETING).module.greet  # type: ignore[attr-defined]
    with app.test_request_context("/"):
        both = drawn_each(greet, ["Wati", "<Budi>"], AT)
        assert both == drawn_once(greet, "Wati", AT) + drawn_once(greet, "<Budi>", AT)
