"""Every route and every member of the cast against one table: a page that is missing from it fails here.

The first belt only: whether the door lets somebody in. A door that opens answers anything but 403 and the way to the
sign-in page; what lies behind it for whom is held by the tests of each page.
"""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import Rule

from helpdesk.accounts.roles import Role
from helpdesk.web.doors import Door, is_open_to_all
from tests.support.cast import PEOPLE, Cast
from tests.web.workbench import person

EVERYBODY = frozenset(PEOPLE)
LEADERS = frozenset({"hanifah", "ratih"})
ADMINS = frozenset({"ayu"})
STRANGER = "a stranger"

# Whom each door lets in: the whole of it, unless a page is named. '*' stands for the rest of the door.
OPEN_TO: dict[str, frozenset[str]] = {
    "static_asset": EVERYBODY | {STRANGER},
    "health.alive": EVERYBODY | {STRANGER},
    "public.*": EVERYBODY | {STRANGER},
    "account.sign_in": EVERYBODY | {STRANGER},
    "account.*": EVERYBODY,
    "staff.*": EVERYBODY,
    "leadership.*": LEADERS,
    "admin.*": ADMINS,
}
# Every page by name, so that a new one is looked at by somebody: is the door it hangs on the right one?
PAGES: dict[str, str] = {
    "": "static_asset",
    "health": "alive",
    "account": "change_password end_session go_home profile sign_in sign_out sign_out_everywhere",
    "public": (
        "add answer close complain complaint confirm file home latest object_to open_link privacy rate "
        "receipt receipt_with_pin received rights track"
    ),
    "staff": (
        "accept add_message answer approve ask assign close_unilaterally counter_receipt dispose exit file "
        "follow_up guard new_pin object original own_records picture recall receipt reclassify record "
        "recorded redact regrade reply_interim return_answer reveal_complainant search send_back sheet "
        "submit take ticket triage unit_tasks view_counts worklist write_note"
    ),
    "leadership": "overview tickets",
    "admin": (
        "add_category add_place add_unit add_user audit_trail calendar_list category_list close_category "
        "close_place close_unit close_user edit_category edit_organisation edit_place edit_unit edit_user "
        "home issue_password open_category open_place open_unit open_user outbox_list outbox_message "
        "place_list policy_list set_roles switch_holiday unit_list user_list"
    ),
}
LISTED = {
    f"{door}.{page}" if door else page for door, pages in PAGES.items() for page in pages.split()
}


def allowed(endpoint: str) -> frozenset[str]:
    """Who may come in, by the table."""
    door = endpoint.split(".")[0]
    return OPEN_TO.get(endpoint) or OPEN_TO[f"{door}.*"]


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))


def test_the_table_names_every_page_and_no_other(app: Flask) -> None:
    assert {rule.endpoint for rule in rules(app)} == LISTED


def test_nothing_hangs_without_a_guard(app: Flask) -> None:
    for rule in rules(app):
        blueprint = app.blueprints.get(rule.endpoint.split(".")[0])
        is_guarded = isinstance(blueprint, Door) and bool(blueprint.opens_to)
        assert is_guarded or is_open_to_all(rule.endpoint), rule.endpoint
        if isinstance(blueprint, Door) and blueprint.opens_to is not None:
            assert blueprint.opens_to <= frozenset(Role)


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("name", [*sorted(PEOPLE), STRANGER])
def test_every_door_opens_to_its_people_alone(app: Flask, cast: Cast, name: str) -> None:
    client = person(app, cast, name) if name != STRANGER else app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False  # the door comes first; here nobody fills in forms
    wrong = []
    for rule in rules(app):
        if rule.endpoint in ("account.sign_out", "account.sign_out_everywhere", "static_asset"):
            continue
        url = rule.build({argument: _a_value(argument) for argument in rule.arguments})
        assert url is not None
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = client.open(url[1], method=method)
        is_shut = answer.status_code == 403 or answer.headers.get("Location", "").startswith(
            "/masuk"
        )
        if is_shut is (name in allowed(rule.endpoint)):
            wrong.append(f"{name} {method} {url[1]}: {answer.status_code}")
        assert answer.status_code < 500, f"{name} {method} {url[1]}"
    assert wrong == []


def _a_value(argument: str) -> object:
    """A value that leads to no row of anybody."""
    return 99999 if argument.endswith("_id") else "KLH-26-99999-9" if argument == "number" else "x"
