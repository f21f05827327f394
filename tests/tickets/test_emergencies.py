"""Better one alarm too many: whoever may be dying gets the emergency number, however it is spelt."""

from __future__ import annotations

import time
from itertools import product

import pytest

from helpdesk.lib.plain_words import plain
from helpdesk.lib.words import LANGUAGES
from helpdesk.messaging.events import EVENTS, Audience
from helpdesk.messaging.templates import filed_wording
from helpdesk.tickets.emergencies import is_emergency

ALARMING = (
    "TOLONG!! istri sy pendarahan di rmh hbs lahiran 3 hr lalu hrs gmn ini",
    "pendaharan hebat",
    "perdarahan ga berhenti",
    "darahnya ngucur terus min",
    "darah keluar banyak sekali",
    "darahnya gak mau berhenti",
    "my wife is bleeding",
    "anak saya pingsan",
    "bapak tidak sadar",
    "ibu ndak sadarkan diri",
    "amai indak sadar da",
    "bapak kulo semaput",
    "he is unconscious",
    "she passed out",
    "saya mau bunuh diri",
    "pengen mati aja rasanya",
    "i want to die",
    "thinking about suicide",
    "sesak nafas parah",
    "sesak napas",
    "ga bisa napas",
    "anak ambo sasak angok",
    "ora iso ambekan",
    "teu tiasa napas",
    "she can’t breathe",
    "CAN'T BREATHE",
    "anak kejang kejang",
    "kejanggg",
    "having a seizure",
    "serangan jantung",
    "heart attack",
    "keracunan makanan",
    "ketuban sudah pecah",
    "ketubannya udah pecah bu",
    "pecah ketuban",
    "hamil 9 bulan perut mules keluar lendir darah",
    "istri saya mau lahiran sekarang",
    "kepala bayinya udah keluar",
    "anak sy sesek",
    "ibu saya sesak tolong",
    "bapak kecelakaan di depan RS",
    "ada kebakaran di lantai 2",
    "bayi saya membiru",
    "bayinya ga gerak ga bergerak",
    "tersedak biji",
    "gawat darurat!!",
    "tolong!!! darurat",
    "tidak, bisa... bernafas",
    "this is an emergency",
)
CALM = (
    "Pagi min, sy antri di poli anak dr jam 7 smp jam 11 blm dipanggil jg. Anak sy demam rewel.",
    "Uda/uni, ambo dari Solok alah tigo jam di IGD indak juo ditangani, anak ambo muntah2 taruih",
    "Bu, kok AC ruang 305 panas yo.. anake rewel kabeh. Mbok yo didandani",
    "Kartu BPJS bpk saya tiba2 nonaktif pdhl mau cuci darah besok",
    "Penerima beras an. alm. Hj. Iyah RW 07 sdh meninggal 5 bln lalu",
    "Makanan sering datang dingin, sendok kotor. Air panas mati.",
    "di instalasi gawat darurat kami menunggu lama",
    "parkiran sesak, susah cari tempat",
    "kasur di ruang mawar ada bercak darah banyak tidak diganti",
    "darah saya diambil banyak banget tapi hasil lab belum keluar",
    "mau daftar poli stroke gimana",
    "lampu mati, pengen mati gaya aja",
    "alat pemadam kebakaran di lorong kosong",
    "hasil tes golongan darah belum keluar",
    "lampu kamar mati",
    "tidak bisa daftar online",
    "saya tidak sabar menunggu",
    "P",
    "makasih ya bidan Sari ruang VK sabar bgt nemenin istri sy sampe lahiran. sukses sll",
)


@pytest.mark.parametrize("text", ALARMING)
def test_it_alarms(text: str) -> None:
    assert is_emergency(plain(text))


@pytest.mark.parametrize("text", CALM)
def test_it_stays_calm(text: str) -> None:
    assert not is_emergency(plain(text))


def test_what_is_over_alarms_all_the_same() -> None:
    """Nobody is harmed by a number to call; a negation misread could cost a life."""
    assert is_emergency(plain("sudah sembuh dari pendarahan"))


def test_what_we_write_ourselves_alarms_nobody_when_it_comes_back() -> None:
    """Who answers our mail sends its subject back, and often its words."""
    for (event, about), language in product(EVENTS.items(), LANGUAGES):
        ours = filed_wording(event, language)
        is_alarm = is_emergency(plain(f"{ours.subject}\n{ours.body}"))
        assert about.audience is Audience.STAFF or not is_alarm, (event, language)


def test_a_row_of_signs_keeps_nobody_busy() -> None:
    """One text over which the house thinks for minutes would be a way to stop it."""
    began = time.process_time()
    for text in ("tolong" + "!" * 2_000, "tidak" + "! " * 2_000, "tidak" + "…" * 2_000):
        assert not is_emergency(plain(text))
    assert time.process_time() - began < 0.1
