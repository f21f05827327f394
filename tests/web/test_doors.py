"""Every route and every member of the cast against one table: a page that is missing from it fails here.

The first belt only: whether the door lets somebody in. A door that opens answers anything but 403 and the way to the
sign-in page; what lies behind it for whom is held by the tests of each page.
"""

from __future__ import annotations

import re

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
DESK = frozenset({"sari", "dimas", "ratih"})
STRANGER = "a stranger"

# Whom each door lets in: the whole of it, unless a page is named. '*' stands for the rest of the door.
OPEN_TO: dict[str, frozenset[str]] = {
    "static_asset": EVERYBODY | {STRANGER},
    "health.*": EVERYBODY | {STRANGER},
    "public.*": EVERYBODY | {STRANGER},
    "hooks.*": EVERYBODY
    | {STRANGER},  # 404 without a number of WhatsApp; else a signature opens it
    "account.sign_in": EVERYBODY | {STRANGER},
    "account.take_second_step": frozenset(),  # leads to the sign-in page unless a code is awaited
    "account.*": EVERYBODY,
    "staff.hand_back_talk": DESK,
    "staff.reply_in_talk": DESK,
    "staff.say_again": DESK,
    "staff.take_talk": DESK,
    "staff.talk": DESK,
    "staff.talk_file": DESK,
    "staff.talk_of_message": DESK,
    "staff.talks": DESK,
    "staff.ticket_from_talk": DESK,
    "staff.transcribe_voice": DESK,
    "staff.quarantine": DESK,
    "staff.quarantined_mail": DESK,
    "staff.admit_mail": DESK,
    "staff.attach_mail": DESK,
    "staff.discard_mail": DESK,
    "staff.*": EVERYBODY,
    "improvements.begin": EVERYBODY - {"joko", "ayu", "budi", "tono"},
    "improvements.*": EVERYBODY - {"joko", "ayu"},
    "leadership.board": EVERYBODY | {STRANGER},  # whoever has its secret link
    "leadership.board_now": EVERYBODY | {STRANGER},
    "leadership.*": LEADERS,
    "admin.*": ADMINS,
}
# Every page by name, so that a new one is looked at by somebody: is the door it hangs on the right one?
PAGES: dict[str, str] = {
    "": "static_asset",
    "health": "alive read_metrics ready",
    "hooks": "receive_whatsapp verify_whatsapp",
    "account": (
        "change_password end_leave end_session go_home leave profile remove_second_factor renew_recovery_codes "
        "set_second_factor sign_in sign_out sign_out_everywhere take_second_step telephone telephone_code "
        "telephone_code_again disconnect_telephone"
    ),
    "public": (
        "add answer close complain complaint confirm file home latest object_to open_link privacy rate "
        "receipt receipt_with_pin received rights track at_place comment letter openness "
        "lost_keys lost_keys_asked contest contacts"
    ),
    "staff": (
        "acknowledge_instruction amend answer_instruction decide_several instruct remove_view save_view share_view "
        "say_present accept add_message answer approve ask assign close_unilaterally counter_receipt dispose exit file "
        "follow_up guard new_pin object original own_records picture recording recall receipt reclassify record "
        "recorded redact regrade reply_interim return_answer reveal_complainant search send_back sheet "
        "submit take ticket triage unit_tasks view_counts worklist write_note likely merge resend split suggestion_box "
        "revive take_note write_email sent_message sent_message_html send_again vouch note_call confirm rate "
        "talks talk talk_of_message take_talk hand_back_talk reply_in_talk say_again ticket_from_talk "
        "transcribe_voice talk_file ask_time set_deadline decline_time "
        "case_file case_file_pdf admit_mail attach_mail discard_mail mail mail_html mail_original quarantine "
        "quarantined_mail "
        "download_found download_list "
        "case_file_progress letter own_complaint posters posters_pdf preview_letter write_letter erase hold release"
    ),
    "improvements": (
        "begin choose drop finish improvement judge link register revise start unlink"
    ),
    "leadership": (
        "board board_now close_board_link make_board_link "
        "download_summary download_tickets instructions overview overview_now retry_summary summaries summary "
        "summary_progress summary_settings tickets wallboard wallboard_now"
    ),
    "admin": (
        "back_up_now backup_progress add_calendar add_canned_text add_category add_place add_unit add_user "
        "audit_trail calendar_list "
        "canned_text_list close_canned_text edit_canned_text open_canned_text "
        "add_mailbox add_route close_mailbox edit_mailbox edit_route mail open_mailbox remove_route "
        "set_up_relay test_mailbox test_relay send_message_again "
        "close_whatsapp look_at_whatsapp open_whatsapp renew_verify_token set_up_whatsapp submit_templates "
        "test_whatsapp whatsapp whatsapp_set_aside take_post_again take_posts_again discard_post "
        "category_list change_logo close_calendar close_category close_place close_unit close_user edit_calendar "
        "edit_category edit_organisation edit_place edit_unit edit_user export_holidays holiday_list "
        "home import_holidays issue_password keep_import make_default_calendar open_calendar "
        "open_category open_place open_unit open_user outbox_list outbox_message place_list "
        "policy_list policy_version proposed_holidays publish_policy recompute_progress set_roles "
        "switch_holiday try_policy unit_list user_list withdraw_policy "
        "export_units export_users import_units import_users letter_words_list message_words_list "
        "reset_second_factor reword_letter reword_message take_letter_words_back "
        "take_message_words_back unit_sheet user_sheet keep_complaints"
    ),
}
LISTED = {
    f"{door}.{page}" if door else page for door, pages in PAGES.items() for page in pages.split()
}


def allowed(endpoint: str) -> frozenset[str]:
    """Who may come in, by the table."""
    door = endpoint.split(".")[0]
    return OPEN_TO.get(endpoint, OPEN_TO.get(f"{door}.*", frozenset()))


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
        url = address_of(rule)
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        answer = client.open(url, method=method)
        is_shut = answer.status_code == 403 or answer.headers.get("Location", "").startswith(
            "/masuk"
        )
        if is_shut is (name in allowed(rule.endpoint)):
            wrong.append(f"{name} {method} {url}: {answer.status_code}")
        assert answer.status_code < 500, f"{name} {method} {url}"
    assert wrong == []


def address_of(rule: Rule) -> str:
    """An address of the page that leads to no row of anybody."""
    address = rule.rule
    for argument in rule.arguments:
        choices = getattr(rule._converters[argument], "items", None)
        value = min(choices) if choices else _a_value(argument)
        address = re.sub(rf"<[^<>]*\b{argument}>", str(value), address)
    return address


def _a_value(argument: str) -> object:
    if argument.endswith(("_id", "version")):
        return 99999
    return "KLH-26-99999-9" if argument == "number" else "x"
