"""Telephones by themselves: what people do becomes a real webhook, and the page shows what came of it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from helpdesk.lib.whatsapp.payload import Kind, ReadPost
from helpdesk.lib.whatsapp.reading import read_post
from helpdesk.simulator.pages import Stage, create_simulator
from helpdesk.simulator.store import MailStore
from helpdesk.simulator.whatsapp import chats as chat_store
from helpdesk.simulator.whatsapp import shelf as shelves
from helpdesk.simulator.whatsapp.bubbles import as_shown
from helpdesk.simulator.whatsapp.chats import Owner, Way, user_id_of
from helpdesk.simulator.whatsapp.file import Switch
from helpdesk.simulator.whatsapp.provider import Provider
from helpdesk.simulator.whatsapp.sending import read_request
from helpdesk.simulator.whatsapp.telephone import Telephone
from helpdesk.simulator.whatsapp.telephones import VOICE_NOTE, Place, Sample, Telephones
from tests.support.graph import ACCOUNT

NOW = datetime(2026, 11, 20, 3, 15, tzinfo=UTC)
RINA = Owner("Rina", "6281234561000", user_id_of("6281234561000"))
HIDDEN = Owner("uni_eli", None, "ID.7403316925518043")
PAGE = f"/ponsel/{RINA.key}"


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    return Provider.at(tmp_path / "whatsapp.db", ACCOUNT)


@pytest.fixture
def rina(provider: Provider) -> Telephone:
    provider.chats.know(RINA)
    return Telephone(provider, RINA)


@pytest.fixture
def simulator(provider: Provider, tmp_path: Path) -> Flask:
    samples = {
        "photo": Sample("foto.jpg", "image/jpeg", b"\xff\xd8\xff"),
        "voice": Sample("suara.ogg", "audio/ogg", VOICE_NOTE.read_bytes()),
    }
    place = Place(-0.94924, 100.35427, "Apotek", "Lantai 1")
    people = [(RINA, "pelapor"), (HIDDEN, "tanpa nomor")]
    telephones = Telephones(provider, people, samples, place)
    stage = Stage(
        house="RSIA Contoh",
        address="keluhan@rs.example",
        zone=ZoneInfo("Asia/Jakarta"),
        port=8000,
        people=[],
        store=MailStore(tmp_path / "mails.db"),
        hand_over=lambda _raw: {},
        telephones=telephones,
    )
    app = create_simulator(stage)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def visitor(simulator: Flask) -> Iterator[FlaskClient]:
    with time_machine.travel(NOW, tick=False):
        yield simulator.test_client()


def posts(provider: Provider) -> list[ReadPost]:
    return [read_post(one.body) for one in provider.posts.waiting()]


def answer(provider: Provider, owner: Owner = RINA, **message: Any) -> chat_store.Message:
    """Something that the house says."""
    to = {"to": owner.wa_id} if owner.wa_id else {"recipient": owner.user_id}
    kind = next(iter(message))
    body = {"messaging_product": "whatsapp", "type": kind, "biz_opaque_callback_data": "17"}
    return provider.send(read_request({**body, **to, **message}))


def page(visitor: FlaskClient, path: str = PAGE) -> str:
    return visitor.get(path).get_data(as_text=True)


def test_words_come_with_everything_that_the_provider_tells(
    rina: Telephone, provider: Provider
) -> None:
    with time_machine.travel(NOW, tick=False):
        said = rina.write("Obat habis 😢")
        (post,) = posts(provider)
    (message,) = post.messages
    assert (message.provider_id, message.text, message.said_at) == (
        said.wamid,
        "Obat habis 😢",
        NOW,
    )
    assert (message.wa_id, message.user_id) == (RINA.wa_id, RINA.user_id)
    assert (message.profile_name, message.phone_number_id) == ("Rina", ACCOUNT.phone_number_id)
    assert provider.posts.waiting()[0].body.isascii()


def test_each_act_of_a_person_is_of_its_own_kind(rina: Telephone, provider: Provider) -> None:
    first = rina.write("Halo")
    rina.send_file(b"\xff\xd8\xff", "image/jpeg", caption="Antrean", reply_to=first.wamid)
    rina.send_file(VOICE_NOTE.read_bytes(), "audio/ogg", is_voice=True)
    rina.send_file(b"%PDF", "application/pdf", "surat.pdf")
    rina.send_place(-0.9, 100.3, "Apotek", "Lantai 1")
    rina.react(first, "👍")
    found = provider.chats.find(first.wamid)
    assert found is not None
    rina.react(found, "👍")
    rina.delete(first)
    said = [post.messages[0] for post in posts(provider)]
    assert [one.kind for one in said] == [
        Kind.TEXT,
        Kind.IMAGE,
        Kind.AUDIO,
        Kind.DOCUMENT,
        Kind.LOCATION,
        Kind.REACTION,
        Kind.REACTION,
        Kind.REVOKE,
    ]
    image, voice, document = said[1], said[2], said[3]
    assert image.media is not None
    assert voice.media is not None
    assert document.media is not None
    kept = provider.fetchable(image.media.id)
    assert kept is not None
    assert (image.text, image.reply_to, image.media.sha256) == (
        "Antrean",
        first.wamid,
        kept.sha256,
    )
    assert (voice.media.is_voice, document.media.name) == (True, "surat.pdf")
    assert [one.facts["emoji"] for one in said[5:7]] == ["👍", None]
    assert said[7].reply_to == first.wamid


def test_receipts_climb_and_come_back_with_our_data(rina: Telephone, provider: Provider) -> None:
    rina.write("P")
    sent = answer(provider, text={"body": "Halo"})
    rina.look()
    rina.look()
    receipts = [one for post in posts(provider) for one in post.statuses]
    assert [one.status for one in receipts] == ["sent", "delivered", "read"]
    assert {(one.provider_id, one.our_data, one.recipient) for one in receipts} == {
        (sent.wamid, "17", RINA.wa_id)
    }
    assert receipts[0].pricing_category == "service"


def test_without_a_number_there_is_the_user_id_alone(provider: Provider) -> None:
    provider.chats.know(HIDDEN)
    provider.chats.know(RINA)
    Telephone(provider, HIDDEN).write("P")
    provider.file.turn(Switch.NO_NUMBER, on=True)
    Telephone(provider, RINA).write("P")
    answer(provider, replace(RINA, wa_id=None), text={"body": "Halo"})
    found = posts(provider)
    names = [(one.wa_id, one.user_id) for post in found for one in post.messages]
    assert names == [(None, HIDDEN.user_id), (None, RINA.user_id)]
    assert found[2].statuses[0].recipient == RINA.user_id
    assert [one.way for one in provider.chats.chat_of(RINA.key)] == [Way.OUT, Way.IN]


def test_an_absent_number_fails_a_moment_later(provider: Provider) -> None:
    provider.chats.know(replace(RINA, is_absent=True))
    provider.chats.hear(RINA.key, datetime.now(UTC))
    answer(provider, text={"body": "Halo"})
    (receipt,) = posts(provider)[0].statuses
    assert (receipt.status, receipt.errors[0].code) == ("failed", 131026)


def test_duplicates_are_the_same_bytes_and_others(rina: Telephone, provider: Provider) -> None:
    provider.file.turn(Switch.DUPLICATE, on=True)
    rina.write("P")
    bodies = [one.body for one in provider.posts.waiting()]
    assert (len(bodies), len(set(bodies))) == (3, 2)
    assert len({read_post(body).messages[0].provider_id for body in bodies}) == 1


def test_out_of_order_keeps_everything(rina: Telephone, provider: Provider) -> None:
    provider.file.turn(Switch.OUT_OF_ORDER, on=True)
    for number in range(20):
        rina.write(str(number))
    texts = [post.messages[0].text for post in posts(provider)]
    assert sorted(texts, key=int) == [str(number) for number in range(20)]
    assert texts != sorted(texts, key=int)


def test_the_oldest_go_when_there_are_too_many(
    rina: Telephone, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_store, "MOST_MESSAGES", 3)
    monkeypatch.setattr(shelves, "MOST_BYTES", 10)
    old = provider.shelf.put(b"12345678", "image/jpeg")
    new = provider.shelf.put(b"12345678", "image/jpeg")
    assert (provider.shelf.find(old.id), provider.shelf.find(new.id) is not None) == (None, True)
    for number in range(5):
        rina.write(str(number))
    assert len(provider.chats.chat_of(RINA.key)) == 3


def test_the_index_offers_telephones(visitor: FlaskClient, provider: Provider) -> None:
    shown = page(visitor, "/")
    assert f'href="{PAGE}"' in shown
    assert HIDDEN.user_id in shown
    provider.chats.know(Owner("Lain", "628999000111", user_id_of("628999000111")))
    Telephone(provider, Owner("Lain", "628999000111", user_id_of("628999000111"))).write("P")
    assert "/ponsel/628999000111" in page(visitor, "/")


def test_somebody_new_takes_a_telephone(visitor: FlaskClient) -> None:
    taken = visitor.post("/ponsel/baru", data={"name": "Budi", "number": "0812-3456-7890"})
    assert taken.headers["Location"] == "/ponsel/6281234567890"
    assert "Budi" in page(visitor, "/ponsel/6281234567890")
    refused = visitor.post("/ponsel/baru", data={"name": "Budi", "number": "12"})
    assert refused.headers["Location"] == "/"


def test_what_is_written_stands_in_the_chat_with_its_ticks(
    visitor: FlaskClient, provider: Provider
) -> None:
    assert visitor.post(f"{PAGE}/kirim", data={"text": " "}).status_code == 303
    assert provider.posts.waiting() == []
    visitor.post(f"{PAGE}/kirim", data={"text": "Obat *habis*\r\nsejak pagi <b>"})
    (message,) = provider.chats.chat_of(RINA.key)
    assert message.content == {"text": {"body": "Obat *habis*\nsejak pagi <b>"}}
    shown = page(visitor)
    assert "Obat <b>habis</b>\nsejak pagi &lt;b&gt;" in shown
    assert 'datetime="2026-11-20T03:15:00+00:00">10.15<' in shown
    for status, mark in (("delivered", "✓✓"), ("read", "ticks-read")):
        assert (
            f'"ticks"><span aria-hidden="true">{"✓" if status == "delivered" else "✓✓"}<'
            in page(visitor)
        )
        provider.chats.climb(message.wamid, status)
        assert mark in page(visitor)


def test_files_and_samples(visitor: FlaskClient, provider: Provider) -> None:
    files = [(io.BytesIO(b"\xff\xd8\xff"), "a.jpg"), (io.BytesIO(b"<script>"), "b.html")]
    visitor.post(f"{PAGE}/kirim", data={"text": "Ini fotonya", "files": files})
    sounds = [(io.BytesIO(b"OggS"), "c.ogg")]
    visitor.post(f"{PAGE}/kirim", data={"text": "Dengar", "files": sounds})
    visitor.post(f"{PAGE}/kirim", data={"files": [(io.BytesIO(b""), "kosong.jpg")]})
    visitor.post(f"{PAGE}/contoh/voice")
    visitor.post(f"{PAGE}/lokasi")
    assert visitor.post(f"{PAGE}/contoh/lain").status_code == 404
    chat = provider.chats.chat_of(RINA.key)
    kinds = [one.kind for one in chat]
    assert kinds == ["image", "document", "text", "audio", "audio", "location"]
    assert chat[0].content["image"]["caption"] == "Ini fotonya"
    assert [one.content["audio"]["voice"] for one in chat[3:5]] == [False, True]
    shown = page(visitor)
    assert shown.count("<audio") == 2
    image, html = (f"{PAGE}/berkas/{one.content[one.kind]['id']}" for one in chat[:2])
    assert visitor.get(image).mimetype == "image/jpeg"
    kept = visitor.get(html)
    assert kept.mimetype == "application/octet-stream"
    assert kept.headers["Content-Disposition"] == "attachment; filename=b.html"
    assert visitor.get(f"{PAGE}/berkas/1").status_code == 404


def test_rows_and_buttons_are_tapped(visitor: FlaskClient, provider: Provider) -> None:
    visitor.post(f"{PAGE}/kirim", data={"text": "P"})
    rows = [{"id": "lapor", "title": "Sampaikan keluhan", "description": "Apa yang terjadi"}]
    action = {"button": "Pilih", "sections": [{"rows": rows}]}
    menu = answer(
        provider, interactive={"type": "list", "body": {"text": "Halo"}, "action": action}
    )
    reply = {"type": "reply", "reply": {"id": "selesai", "title": "Selesai"}}
    ask = answer(
        provider,
        interactive={
            "type": "button",
            "body": {"text": "Selesai?"},
            "action": {"buttons": [reply]},
        },
    )
    components: list[dict[str, Any]] = [
        {"type": "BODY", "text": "Jawaban {{nomor}} siap."},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Puas"}]},
    ]
    provider.catalogue.put("jawaban", "id", components)
    values = [{"type": "text", "parameter_name": "nomor", "text": "KLH-1"}]
    held = {"name": "jawaban", "language": {"code": "id"}}
    notice = answer(
        provider, template={**held, "components": [{"type": "body", "parameters": values}]}
    )
    shown = page(visitor)
    assert "Jawaban KLH-1 siap." in shown
    for message, choice in ((menu, "lapor"), (ask, "selesai"), (notice, "Puas")):
        assert f'value="{choice}"' in shown
        tapped = visitor.post(f"{PAGE}/pesan/{message.id}/pilih", data={"choice": choice})
        assert tapped.status_code == 303
        wrong = visitor.post(f"{PAGE}/pesan/{message.id}/pilih", data={"choice": "lain"})
        assert wrong.status_code == 404
    said = [one for post in posts(provider) for one in post.messages][1:]
    assert [(one.kind, one.choice_id, one.reply_to) for one in said] == [
        ("interactive", "lapor", menu.wamid),
        ("interactive", "selesai", ask.wamid),
        ("button", "Puas", notice.wamid),
    ]


def test_a_message_is_answered_reacted_to_and_deleted(
    visitor: FlaskClient, provider: Provider
) -> None:
    visitor.post(f"{PAGE}/kirim", data={"text": "P"})
    sent = answer(provider, text={"body": "Halo, ada yang bisa kami bantu?"})
    assert "answering" in page(visitor, f"{PAGE}?balas={sent.id}")
    visitor.post(f"{PAGE}/kirim", data={"text": "Ada", "reply_to": str(sent.id)})
    visitor.post(f"{PAGE}/pesan/{sent.id}/tanggapi", data={"emoji": "🙏"})
    assert visitor.post(f"{PAGE}/pesan/{sent.id}/tanggapi", data={"emoji": "x"}).status_code == 404
    mine = provider.chats.chat_of(RINA.key)[2]
    assert (mine.reply_to, mine.content["text"]["body"]) == (sent.wamid, "Ada")
    shown = page(visitor)
    assert '<p class="quoted">Halo, ada yang bisa kami bantu?</p>' in shown
    assert 'class="reaction"' in shown
    visitor.post(f"{PAGE}/pesan/{mine.id}/hapus")
    assert "Ada</p>" not in page(visitor)
    assert visitor.post(f"{PAGE}/pesan/99/hapus").status_code == 404
    assert visitor.get("/ponsel/lain").status_code == 404


def test_the_chat_is_asked_for_again_and_costs_nothing(
    visitor: FlaskClient, provider: Provider
) -> None:
    visitor.post(f"{PAGE}/kirim", data={"text": "P"})
    sent = answer(provider, text={"body": "Halo"})
    first = visitor.get(f"{PAGE}/kini")
    found = provider.chats.find(sent.wamid)
    assert found is not None
    assert found.status == "read"
    first = visitor.get(f"{PAGE}/kini")  # reading changed it
    again = visitor.get(f"{PAGE}/kini", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    answer(provider, text={"body": "Ada lagi?"})
    later = visitor.get(f"{PAGE}/kini", headers={"If-None-Match": first.headers["ETag"]})
    assert "Ada lagi?" in later.get_data(as_text=True)


def test_switches_are_turned(visitor: FlaskClient, provider: Provider) -> None:
    for switch in Switch:
        back = visitor.post(f"/ponsel/sakelar/{switch}", data={"key": RINA.key})
        assert back.headers["Location"] == PAGE
    assert provider.file.switched_on() == set(Switch)
    visitor.post("/ponsel/sakelar/duplicate")
    assert not provider.file.is_on(Switch.DUPLICATE)
    assert visitor.post("/ponsel/sakelar/lain").status_code == 404


def test_the_graph_api_needs_no_form_token(simulator: Flask) -> None:
    simulator.config["WTF_CSRF_ENABLED"] = True
    visitor = simulator.test_client()
    token = {"Authorization": f"Bearer {ACCOUNT.access_token}"}
    path = f"/graph/v23.0/{ACCOUNT.phone_number_id}/messages"
    assert json.loads(visitor.post(path, headers=token, json={}).data)["error"]["code"] == 131008
    assert visitor.post(f"{PAGE}/kirim", data={"text": "P"}).status_code == 400


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*Tebal* dan _miring_", "<b>Tebal</b> dan <i>miring</i>"),
        ("2*3*4 a_b_c * x *", "2*3*4 a_b_c * x *"),
        (
            "Lihat http://x.example/k/a_b_c.",
            'Lihat <a href="http://x.example/k/a_b_c" rel="noreferrer">http://x.example/k/a_b_c</a>.',
        ),
        ("<script>", "&lt;script&gt;"),
    ],
)
def test_words_are_drawn_as_whatsapp_does(text: str, shown: str) -> None:
    assert str(as_shown(text)) == shown


def test_a_day_stands_above_its_messages(visitor: FlaskClient, provider: Provider) -> None:
    with time_machine.travel(NOW - timedelta(days=1), tick=False):
        Telephone(provider, RINA).write("Kemarin")
    Telephone(provider, RINA).write("Hari ini")
    assert re.findall(r'class="day"><span>(.*?)<', page(visitor)) == [
        "Kamis, 19 November 2026",
        "Jumat, 20 November 2026",
    ]
