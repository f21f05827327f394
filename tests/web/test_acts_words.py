"""What an act says of itself is true: who leads, what was prepared, whether anybody is told."""

from __future__ import annotations

import pytest
from flask import Flask

from helpdesk.intake.submission import Wish
from helpdesk.tickets import dispositions
from helpdesk.tickets.dispositions import Instruction, UnitAnswer
from helpdesk.tickets.states import Root
from tests.support.cast import Cast
from tests.tickets.steps import approve, dispose, submit, work_of
from tests.web.workbench import act_url, open_act, person, send

HINT = "Disiapkan dari konsep jawaban unit yang disetujui"
NO_CONTACT = "Pelapor tidak meninggalkan kontak."

pytestmark = pytest.mark.usefixtures("traveller")


# ---------------------------------------------------------------- who leads


def leading(cast: Cast, number: str) -> list[int]:
    return [one.unit_id for one in cast.ticket(number).dispositions if one.is_lead]


def test_a_unit_sent_to_later_does_not_lead_beside_the_first(app: Flask, cast: Cast) -> None:
    number, sari = cast.complain().number, person(app, cast, "sari")
    cast.triage(number)
    farmasi, keuangan = cast.unit_ids["farmasi"], cast.unit_ids["keuangan"]
    url = act_url(number, "disposisi")
    assert send(sari, url).status_code == 302
    assert leading(cast, number) == [farmasi]
    assert "Farmasi, seperti sekarang" in sari.get(url).get_data(as_text=True)
    assert send(sari, url, **{f"u{keuangan}-pick": "y"}).status_code == 302
    assert leading(cast, number) == [farmasi]


def test_another_unit_that_is_chosen_to_lead_takes_it_over(app: Flask, cast: Cast) -> None:
    number, sari = cast.complain().number, person(app, cast, "sari")
    cast.triage(number)
    keuangan, url = cast.unit_ids["keuangan"], act_url(number, "disposisi")
    assert send(sari, url).status_code == 302
    chosen = {f"u{keuangan}-pick": "y", "lead": str(keuangan)}
    assert send(sari, url, **chosen).status_code == 302
    assert leading(cast, number) == [keuangan]


def test_after_a_recall_the_next_one_leads(app: Flask, cast: Cast) -> None:
    number, sari = cast.complain().number, person(app, cast, "sari")
    cast.triage(number)
    keuangan, url = cast.unit_ids["keuangan"], act_url(number, "disposisi")
    first = Instruction(unit_id=cast.unit_ids["farmasi"], is_lead=True)
    cast.act("sari", number, lambda t, by: dispositions.dispose_ticket(t, [first], by=by))
    recall = dispositions.recall_disposition
    cast.act("sari", number, lambda t, by: recall(t.dispositions[0], "Salah unit.", by=by))
    form = open_act(sari, url) | {f"u{keuangan}-pick": "y"}
    form.pop(f"u{first.unit_id}-pick", None)
    assert sari.post(url, data=form).status_code == 302
    assert cast.ticket(number).dispositions[-1].is_lead


# ---------------------------------------------------------------- what was prepared


def test_the_answer_is_called_prepared_only_when_there_is_a_draft(app: Flask, cast: Cast) -> None:
    number, sari = cast.complain().number, person(app, cast, "sari")
    cast.triage(number)
    url = act_url(number, "jawaban-akhir")
    assert HINT not in sari.get(url).get_data(as_text=True)
    dispose(cast, number, "farmasi")
    submit(cast, number, "budi")  # without a draft
    approve(cast, number)
    assert HINT not in sari.get(url).get_data(as_text=True)
    dispose(cast, number, "keuangan")
    said = UnitAnswer(findings="Dihitung.", root_cause=Root.SUPPLY, draft_answer="Sudah kami cek.")
    give = dispositions.submit_answer
    cast.act("tono", number, lambda t, by: give(work_of(t, by), said, by=by))
    approve(cast, number)
    assert HINT in sari.get(url).get_data(as_text=True)


# ---------------------------------------------------------------- whether anybody is told


@pytest.mark.parametrize(
    ("who", "act", "form", "sent", "shown"),
    [
        ("sari", "balasan-sementara", {"text": "Sedang dicek."}, "Balasan sedang dikirim", "Balasan tampil"),
        ("sari", "tanya", {"text": "Kapan?"}, "Pertanyaan sedang dikirim", "Pertanyaan tampil"),
        (
            "sari", "jawaban-akhir", {"text": "Sudah ada.", "follow_up": "Dipindah."},
            "Jawaban sedang dikirim", "Jawaban tampil",
        ),
        (
            "ratih", "tutup-sepihak", {"reason": "Sudah diganti."},
            "Pelapor diberi tahu alasannya", "Alasannya tampil",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("contact", "why"),
    [
        ({}, ""),
        ({"whatsapp": "", "name": "", "wish": Wish.ANONYMOUS}, NO_CONTACT),
        ({"whatsapp": "", "phone": "0812-3456-0172"}, "mohon ditelepon juga."),
    ],
    ids=["written to", "no contact", "telephone alone"],
)
def test_an_act_says_that_somebody_is_told_only_when_they_are(
    app: Flask, cast: Cast, who: str, act: str, form: dict[str, str], sent: str, shown: str,
    contact: dict[str, str], why: str,
) -> None:  # fmt: skip
    number = cast.complain(**contact).number
    cast.triage(number)
    browser = person(app, cast, who)
    answered = send(browser, act_url(number, act), **form)
    assert answered.status_code == 302
    page = browser.get(answered.location).get_data(as_text=True)
    assert (sent in page) == (not why)
    assert (shown in page) == bool(why)
    assert why in page


def test_joining_and_separating_tell_nobody_who_left_no_contact(app: Flask, cast: Cast) -> None:
    lead = cast.complain("Obat sirup habis.").number
    silent = cast.complain("Sirup kosong.", whatsapp="", name="", wish=Wish.ANONYMOUS).number
    cast.triage(lead)
    cast.triage(silent)
    sari = person(app, cast, "sari")
    url = f"{act_url(silent, 'gabung')}?dengan={lead}&tetap=1"
    joined = sari.get(send(sari, url, reason="Sama.").location).get_data(as_text=True)
    assert f"{silent} sudah digabung ke tiket ini. Hal ini tampil di halaman lacaknya." in joined
    assert NO_CONTACT in joined
    parted = sari.get(send(sari, act_url(silent, "pisahkan"), reason="Lain.").location)
    assert "Pelapornya diberi tahu" not in joined + parted.get_data(as_text=True)
    assert NO_CONTACT in parted.get_data(as_text=True)
