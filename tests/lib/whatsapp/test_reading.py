"""What each kind of message on the wire says; one payload of each lies in tests/wire/whatsapp."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from helpdesk.lib.whatsapp.payload import Fault, Media, ReadPost, Said
from helpdesk.lib.whatsapp.reading import read_post
from tests.support.webhooks import (
    ACCOUNT_ID,
    PHONE_NUMBER_ID,
    WATI,
    WATI_ID,
    message,
    on_the_wire,
    post,
    wire,
)

AT = datetime(2026, 11, 20, 7, tzinfo=UTC)
ARRIVED = AT + timedelta(minutes=1)
PHOTO = "5f97d69150c3b8e058301124cca4e3535c04b7149415f27d643344847889756b"


def read(name: str) -> ReadPost:
    return read_post(wire(name), arrived_at=ARRIVED)


def said(name: str) -> Said:
    found = read(name)
    assert found.troubles == ()
    (only,) = found.messages
    return only


def test_a_text() -> None:
    one = said("text")
    assert (one.wa_id, one.user_id, one.profile_name) == (WATI, WATI_ID, "Wati Handayani")
    assert (one.kind, one.text) == ("text", "Obat sirup habis, kami disuruh beli di luar.")
    assert (one.said_at, one.phone_number_id) == (AT, PHONE_NUMBER_ID)
    assert one.provider_id.startswith("wamid.")
    assert (one.media, one.choice_id, one.reply_to, one.facts) == (None, "", None, {})


@pytest.mark.parametrize(
    ("name", "kind", "text", "is_trace"),
    [
        ("text_reply", "text", "Belum beres", False),
        ("text_forwarded", "text", "Hati-hati, RS ini lagi penuh!", False),
        ("text_from_ad", "text", "Halo", False),
        ("image", "image", "", False),
        ("image_with_caption", "image", "Toilet lantai 2 😷", False),
        ("video", "video", "air bocor", False),
        ("document", "document", "kwitansi", False),
        ("voice_note", "audio", "", False),
        ("sticker", "sticker", "", True),
        (
            "location",
            "location",
            "📍 RSIA Mutiara Bunda, Jl. S. Parman 142, Padang (-0.94924, 100.35427)",
            False,
        ),
        ("location_bare", "location", "📍 (-0.94924, 100.35427)", False),
        ("contact_card", "contacts", "👤 Pak RT Sukri, +62 813-6300-0000", False),
        ("list_reply", "interactive", "Sampaikan keluhan", False),
        ("button_reply", "interactive", "Biasa", False),
        ("form_reply", "interactive", "puas: ya\nsaran: AC dinyalakan", False),
        ("template_button", "button", "Sudah selesai", False),
        ("reaction", "reaction", "🙏", True),
        ("reaction_removed", "reaction", "", True),
        ("edit", "edit", "", True),
        ("revoke", "revoke", "", True),
        ("unsupported", "unsupported", "", False),
        ("unavailable", "unsupported", "", False),
        (
            "number_changed",
            "system",
            "User Wati changed from 6281234560172 to 6281234569999",
            True,
        ),
        ("order", "order", "pesan", False),
        ("request_welcome", "request_welcome", "", False),
        ("type_of_tomorrow", "hologram", "", False),
    ],
)
def test_what_can_be_read(name: str, kind: str, text: str, is_trace: bool) -> None:
    one = said(name)
    assert (one.kind, one.text, one.is_trace) == (kind, text, is_trace)


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("image", Media("1013859600285441", "image/jpeg", PHOTO)),
        ("video", Media("1013859600285442", "video/mp4", PHOTO)),
        (
            "document",
            Media("1013859600285443", "application/pdf", PHOTO, name="Kwitansifdp.pdf"),
        ),
        ("voice_note", Media("1013859600285444", "audio/ogg; codecs=opus", PHOTO, is_voice=True)),
        ("audio", Media("1013859600285445", "audio/mpeg", PHOTO)),
        ("sticker", None),
    ],
)
def test_the_file_of_a_message(name: str, media: Media | None) -> None:
    """The digest is the same, whether it came in base64 or in hexadecimal."""
    assert said(name).media == media


@pytest.mark.parametrize(
    ("name", "choice"),
    [
        ("list_reply", "menu/complain"),
        ("button_reply", "identity/named"),
        ("form_reply", "survey/12"),
        ("template_button", "confirm/done"),
    ],
)
def test_what_was_tapped(name: str, choice: str) -> None:
    assert said(name).choice_id == choice


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("text", None),
        ("text_reply", "wamid.OURS1"),
        ("text_forwarded", None),
        ("button_reply", "wamid.OURS3"),
        ("reaction", "wamid.OURS6"),
        ("edit", "wamid.HERS1"),
        ("revoke", "wamid.HERS1"),
    ],
)
def test_which_message_it_is_about(name: str, about: str | None) -> None:
    assert said(name).reply_to == about


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("text_forwarded", {"forwarded": True}),
        ("reaction", {"emoji": "🙏"}),
        ("reaction_removed", {"emoji": None}),
        ("edit", {"words": "Obat sirup anak habis."}),
        ("edit_of_caption", {"words": "Toilet lantai 3"}),
        (
            "unsupported",
            {
                "unsupported": "poll_creation",
                "errors": [{"code": 131051, "title": "Message type unknown"}],
            },
        ),
        (
            "number_changed",
            {"what": "user_changed_number", "new_wa_id": "6281234569999", "new_user_id": None},
        ),
        (
            "user_id_changed",
            {"what": "user_changed_user_id", "new_wa_id": None, "new_user_id": "ID.99999999"},
        ),
        ("form_reply", {"how": "nfm_reply", "answers": {"puas": "ya", "saran": "AC dinyalakan"}}),
        ("contact_card", {"cards": [{"name": "Pak RT Sukri", "phones": ["+62 813-6300-0000"]}]}),
    ],
)
def test_what_else_it_brings(name: str, facts: dict[str, Any]) -> None:
    assert said(name).facts == facts


def test_what_nobody_knows_is_kept_whole() -> None:
    assert said("type_of_tomorrow").facts["raw"]["hologram"]["beam"] == {"colour": "blue"}


@pytest.mark.parametrize(
    ("name", "wa_id", "user_id"),
    [("no_phone_number", None, WATI_ID), ("no_user_id", WATI, None)],
)
def test_half_of_who_said_it(name: str, wa_id: str | None, user_id: str | None) -> None:
    one = said(name)
    assert (one.wa_id, one.user_id, one.profile_name) == (wa_id, user_id, "Wati Handayani")


def test_the_card_beside_it_knows_the_other_half() -> None:
    raw = json.loads(post(message()))
    del raw["entry"][0]["changes"][0]["value"]["messages"][0]["from_user_id"]
    (one,) = read_post(json.dumps(raw).encode()).messages
    assert (one.wa_id, one.user_id) == (WATI, WATI_ID)


def test_everything_of_one_post() -> None:
    found = read("several_of_everything")
    assert [one.text for one in found.messages] == ["yang kedua", "", "yang pertama", "Orang lain"]
    assert [one.profile_name for one in found.messages][-2:] == ["Wati Handayani", "Budi"]
    assert [one.status for one in found.statuses] == ["delivered"]


def test_how_far_a_message_got() -> None:
    (sent,) = read("status_sent").statuses
    assert (sent.provider_id, sent.status, sent.at) == ("wamid.OURS1", "sent", AT)
    assert (sent.pricing_category, sent.our_data, sent.recipient) == ("utility", "12", WATI)
    (failed,) = read("status_failed").statuses
    assert failed.errors == (Fault(131026, "Message undeliverable"),)
    (other,) = read("status_user_id_only").statuses
    assert other.recipient == WATI_ID


@pytest.mark.parametrize(
    ("name", "what", "event", "template"),
    [
        ("quality", "phone_number_quality_update", "flagged", ("", "")),
        (
            "template_approved",
            "message_template_status_update",
            "approved",
            ("laporan_diterima", "id"),
        ),
        ("template_rejected", "message_template_status_update", "rejected", ("jawaban_siap", "id")),
        ("template_category", "template_category_update", "marketing", ("laporan_diterima", "id")),
        ("account", "account_update", "disabled_update", ("", "")),
        ("errors_only", "errors", "130429", ("", "")),
    ],
)
def test_news_of_the_number(name: str, what: str, event: str, template: tuple[str, str]) -> None:
    (news,) = read(name).changes
    assert (news.what, news.event, (news.name, news.language)) == (what, event, template)
    assert news.account_id in ("", ACCOUNT_ID)


def test_a_reason_is_kept_where_there_is_one() -> None:
    assert read("template_rejected").changes[0].reason == "INVALID_FORMAT"
    assert read("template_approved").changes[0].reason == ""


def test_a_field_that_nobody_knows_is_passed_over() -> None:
    assert read("field_of_tomorrow") == ReadPost()


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("1795158000", AT),
        (1795158000, AT),
        ("1795158060", ARRIVED),
        ("1795158061", ARRIVED),  # their clock is ahead of ours by a second
        ("1895158000", ARRIVED),  # years ahead
        ("0", ARRIVED),
        ("-5", ARRIVED),
        ("kemarin", ARRIVED),
        ("1795158000.5", ARRIVED),
        ("1795158000000", ARRIVED),  # milliseconds
        ("9" * 400, ARRIVED),
        (None, ARRIVED),
        (True, ARRIVED),
        ({"s": 1}, ARRIVED),
        (str(int((AT - timedelta(days=6)).timestamp())), AT - timedelta(days=6)),
        (str(int((AT - timedelta(days=60)).timestamp())), ARRIVED),
    ],
)
def test_a_moment_that_cannot_be_gives_way_to_the_arrival(told: Any, at: datetime) -> None:
    raw = post(message() | {"timestamp": told})
    (one,) = read_post(raw, arrived_at=ARRIVED).messages
    assert one.said_at == at
    assert ("told_at" in one.facts) is (at == ARRIVED and str(told) != "1795158060")


@pytest.mark.parametrize("path", on_the_wire(), ids=lambda path: path.stem)
def test_what_was_read_can_be_stored(path: Path) -> None:
    found = read_post(path.read_bytes(), arrived_at=ARRIVED)
    assert found.is_readable
    assert found.troubles == ()
    for one in found.messages:
        json.dumps(one.facts, allow_nan=False).encode()
        assert one.said_at <= ARRIVED
