"""Forms in the reader's language, with every error tied to its field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from flask_babel import force_locale
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, RadioField, StringField
from wtforms.validators import InputRequired, Length

from helpdesk.lib.errors import Invalid
from helpdesk.lib.media_types import KINDS
from helpdesk.messaging.events import CHAT, EVENTS
from helpdesk.messaging.receipts import REACHED_FROM
from helpdesk.messaging.whatsapp.proposals import STAFF_NEWS
from helpdesk.tickets.case_file import READS
from helpdesk.web.forms import HoneypotMixin, HouseForm, Ticks
from helpdesk.web.words import WORDS, choices, word
from helpdesk.worker import JOBS
from tests.support.pages import bare_app, keep_catalogue, settle_in


class Complaint(HoneypotMixin, HouseForm):
    text = StringField("Apa yang terjadi?", [InputRequired()])
    phone = StringField("Nomor WhatsApp", [Length(min=8)])
    identity = RadioField("Sifat", choices=choices("identity"))
    agrees = BooleanField("Setuju")
    days = Ticks("Hari", choices=[("1", "Senin")])


class Leave(HouseForm):
    on = DateField("Hari")


@pytest.fixture
def page_app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    keep_catalogue(tmp_path, monkeypatch)
    app = bare_app()
    with app.test_request_context("/"):
        settle_in()
        yield app


def sent(**values: str) -> Complaint:
    form = Complaint(formdata=MultiDict(values))
    form.validate()
    return form


def rendered(app: Flask, source: str, form: Complaint) -> str:
    head = '{% from "components/form.html" import field, errors, choices, check, trap %}'
    return app.jinja_env.from_string(head + source).render(form=form)


def test_wtforms_speaks_the_reader_s_language(page_app: Flask) -> None:
    form = sent(phone="08")
    assert form.text.errors == ["Mohon diisi."]
    assert form.phone.errors == ["Tulis paling sedikit 8 huruf."]
    with force_locale("en"):
        assert sent(phone="08").phone.errors == ["Field must be at least 8 characters long."]


def test_an_error_is_tied_to_its_field_and_listed_above(page_app: Flask) -> None:
    page = rendered(
        page_app, "{{ errors(form) }}{{ field(form.text, hint='Boleh panjang') }}", sent()
    )
    assert 'aria-describedby="text-err text-hint"' in page
    assert 'aria-invalid="true"' in page
    assert 'id="text-err"' in page
    assert 'id="text-hint"' in page
    assert '<a href="#text">Apa yang terjadi: Mohon diisi.</a>' in page
    assert 'href="#identity-0"' in page


@pytest.mark.parametrize(
    ("hint", "described"), [("", "days-err"), ("Boleh beberapa", "days-err days-hint")]
)
def test_boxes_to_tick_name_what_is_wrong_with_them(
    page_app: Flask, hint: str, described: str
) -> None:
    form = sent()
    form.days.errors = ["Pilih satu."]
    macro = "{% from 'admin/parts.html' import ticks %}{{ ticks(form.days, " + repr(hint) + ") }}"
    page = rendered(page_app, macro, form)
    assert f'aria-describedby="{described}"' in page
    assert all(f'id="{name}"' in page for name in described.split())


def test_what_a_verb_refuses_is_shown_beside_its_field(page_app: Flask) -> None:
    form = sent(text="Antre", phone="0812345678", identity="named")
    form.take_errors(Invalid({"phone": "Nomor ini tidak dikenal.", "gone": "Coba lagi <b>."}))
    page = rendered(page_app, "{{ errors(form) }}{{ field(form.phone) }}", form)
    assert page.count("Nomor ini tidak dikenal.") == 2
    assert "<li>Coba lagi &lt;b&gt;.</li>" in page


def test_fields_that_may_stay_empty_say_so(page_app: Flask) -> None:
    page = rendered(page_app, "{{ field(form.text) }}|{{ field(form.phone) }}", Complaint())
    needed, free = page.split("|")
    assert "optional" not in needed
    assert " required" in needed
    assert "optional" in free


def test_cards_carry_the_words_of_the_law(page_app: Flask) -> None:
    source = "{{ choices(form.identity, details={'withheld': 'Hanya customer care.'}) }}"
    page = rendered(page_app, source, Complaint())
    assert page.count('class="choice"') == 3
    assert "Hanya customer care." in page


@pytest.mark.parametrize("typed", ["2026-11-24", "24-11-2026", "24/11/2026"])
def test_a_day_is_understood_however_people_write_it(page_app: Flask, typed: str) -> None:
    form = Leave(formdata=MultiDict({"on": typed}))
    assert form.validate()
    assert form.on.data == date(2026, 11, 24)
    assert 'value="2026-11-24"' in Leave(on=form.on.data).on(), "as a browser's own picker wants it"


@pytest.mark.parametrize("typed", ["24-11-26", "2026-24-11", "kemarin", "11/24/2026"])
def test_what_is_no_day_is_asked_for_again(page_app: Flask, typed: str) -> None:
    form = Leave(formdata=MultiDict({"on": typed}))
    assert not form.validate()
    assert f'value="{typed}"' in form.on()


def test_only_a_robot_fills_in_what_cannot_be_seen(page_app: Flask) -> None:
    assert not sent(text="Antre").is_robot
    assert sent(text="Antre", website="http://spam.example").is_robot
    assert 'tabindex="-1"' in rendered(page_app, "{{ trap(form) }}", Complaint())


def test_every_code_of_the_law_has_its_word(page_app: Flask) -> None:
    without_enum = {
        "notice": {*EVENTS, CHAT, STAFF_NEWS},
        "delivery": {"queued", *REACHED_FROM},
        "job": {job.name for job in JOBS},
        "file": {kind.media_type for kind in KINDS},
        "read": set(READS),
    }
    for kind, words in WORDS.items():
        law = without_enum.get(kind) or set(cast("type[StrEnum]", type(next(iter(words)))))
        assert set(words) == law, f"{kind} lacks {law - set(words)}"
    assert word("in_review", "status") == "Answer being checked"
    assert word("", "grade") == "–"
    with pytest.raises(KeyError):
        word("unheard of", "status")
