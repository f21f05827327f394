"""Filling the slots of a story, so that no two tickets that tell it look copied."""

from __future__ import annotations

import random
import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from string import Formatter

from helpdesk.demo.complainants import Person
from helpdesk.demo.samples import Sample, remarks
from helpdesk.tickets.states import Channel

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November",
    "Desember",
)  # fmt: skip
_CHILDREN = (
    "Raffa", "Alya", "Zaki", "Naura", "Gibran", "Kirana", "Hafiz", "Shanum", "Arka", "Aisyah", "Bilal", "Keisha",
    "Rayyan", "Azzahra", "Danish", "Inara",
)  # fmt: skip
_HOW_LONG = {2: "dua jam", 3: "tiga jam", 4: "empat jam"}
_WARDS = {"melati": ("Melati", 201), "anggrek": ("Anggrek", 211), "dahlia": ("Dahlia", 301)}
# Written with the thumb: abbreviations, or no capital at the beginning.
_CHATTY = re.compile(
    r"^[a-z{\[]|\b(sy|yg|udh|bgt|ga|jg|min|kak|pdhl|dr|blm|tlg|smp|nunggu|gmn|dtg|awak|ambo)\b"
)
_CLOCK = re.compile(r"\{jam(2|_malam)?\}")
_DAY = re.compile(r"\{(kapan|kapan_baku|tgl|hari|hari_tgl)\}")
_VOICES = {Channel.LETTER: "letter", Channel.COUNTER: "counter", Channel.PHONE: "phone"}


@dataclass(frozen=True)
class Words:
    """The slots of one ticket, by name. *happened_on* is the day of which they speak; *is_today*: that of the receipt.

    Every time of day they tell lies before the receipt.
    """

    slots: dict[str, str]
    happened_on: date
    is_today: bool = False

    def fill(self, text: str) -> str:
        """The text with every slot filled, and a capital where a slot begins a sentence."""
        filled = Formatter().vformat(text, (), self.slots)
        return filled[:1].upper() + filled[1:] if text.startswith("{") else filled

    def dated(self, text: str, *, chatty: bool = False) -> str:
        """The text filled, its first time of day followed by the day where that is another one and not told."""
        clock = _CLOCK.search(text)
        is_night = clock is not None and clock[1] == "_malam"
        if clock is None or _DAY.search(text) or (self.is_today and not is_night):
            return self.fill(text)
        plain, short = ("tadi malam", "smlm") if is_night else ("{kapan_baku}", "{kapan}")
        day = short if chatty else plain
        return self.fill(f"{text[: clock.end()]} {day}{text[clock.end() :]}")


def words_for(
    draw: random.Random,
    received_at: datetime,
    place: str,
    person: Person | None,
    *,
    by_night: bool = False,
) -> Words:
    """Draw every slot for one ticket; *received_at* is local, *place* a code of the catalogue.

    *by_night*: it happened in the night before.
    """
    length = draw.randint(2, 4)
    latest = min(12, received_at.hour - length - 1)  # then it is over before the receipt
    back = draw.choice((0, 0, 1, 1, 2)) if latest >= 7 else draw.choice((1, 1, 2))
    back = 1 if by_night else back
    begins = draw.randint(7, latest if back == 0 else 12)
    happened_on = received_at.date() - timedelta(days=back)
    amount = draw.choice((85, 120, 175, 210, 240, 310, 385, 450, 520, 675, 890)) * 1000
    slots = {
        "jam": f"{begins:02d}.{draw.choice((0, 0, 15, 30, 45)):02d}",
        "jam2": f"{begins + length:02d}.{draw.choice((0, 10, 20, 40)):02d}",
        "jam_malam": f"{draw.choice((20, 21, 22, 23))}.{draw.choice((10, 30, 45))}",
        **_greeting(received_at.hour),
        "lama": _HOW_LONG[length],
        "lama_wa": f"{length} jam",
        "rp": f"Rp{amount:,}".replace(",", "."),
        "rb": f"{amount // 1000}rb",
        "sapa": person.call if person else "Bapak/Ibu",
        "pelapor": person.name if person else "pelapor",
        **_when(draw, happened_on, back),
        **_where(draw, place),
        **_whom(draw),
    }
    return Words(slots, happened_on, is_today=back == 0)


def _greeting(hour: int) -> dict[str, str]:
    """The time of day as it stands in a greeting at that hour."""
    told = ("malam", "pagi", "siang", "sore", "malam")[bisect_right((4, 11, 15, 19), hour)]
    return {"waktu": told, "waktu_besar": told.capitalize()}


def _when(draw: random.Random, day: date, back: int) -> dict[str, str]:
    """The day of which they speak, *back* days ago."""
    return {
        "kapan": ("td pagi", "kmrn", "2 hr lalu")[back],
        "kapan_baku": ("tadi pagi", "kemarin", "dua hari lalu")[back],
        "tgl": f"{day:%d-%m-%Y}",
        "hari": _DAYS[day.weekday()],
        "hari_tgl": f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]}",
        "hari_ke": draw.choice(("dua", "tiga", "empat", "lima")),
        "minggu": draw.choice(("dua", "tiga", "empat")),
    }


def _where(draw: random.Random, place: str) -> dict[str, str]:
    """A ward and room; of the place itself when it is a ward."""
    ward, first_room = _WARDS.get(place, _WARDS[draw.choice(tuple(_WARDS))])
    room = str(first_room + draw.randint(0, 9))
    return {"ruang": ward, "kamar": room, "bed": draw.choice("ABC")}


def _whom(draw: random.Random) -> dict[str, str]:
    """Patients, with numbers that are nobody's."""
    return {
        "rm": f"{draw.randint(0, 9):02d}-{draw.randint(10, 99)}-{draw.randint(10, 99)}",
        "inisial": draw.choice(("Ny. R", "Ny. D", "Ny. S", "Ny. M", "Ny. Y", "Ny. A", "Ny. F")),
        "nama": draw.choice(_CHILDREN),
        "umur": str(draw.randint(3, 30)),
        "umur2": str(draw.randint(64, 82)),
        "antre": f"{draw.choice('ABC')}-{draw.randint(4, 96):03d}",
        "nik": _nik(draw),
        "noka": f"000{draw.randint(100000, 999999)}0000",
    }


def _nik(draw: random.Random) -> str:
    """A NIK of Padang whose last four digits no real one has."""
    born = date(1985, 1, 1) + timedelta(days=draw.randint(0, 6000))
    return f"1371{draw.randint(1, 11):02d}{born.day + 40:02d}{born:%m%y}0000"


def say(draw: random.Random, sample: Sample, channel: Channel, words: Words) -> str:
    """What the person says or writes: one of the story's texts that suits the channel, with its manners."""
    chatty = [text for text in sample.texts if _CHATTY.search(text)]
    formal = [text for text in sample.texts if text not in chatty]
    is_chat = channel in (Channel.WHATSAPP, Channel.FACEBOOK)
    fitting = (chatty or formal) if is_chat and draw.random() < 0.75 else (formal or chatty)
    text = draw.choice(fitting)
    filled = words.dated(text, chatty=text in chatty)
    if sample.is_plain or channel is Channel.BOX:
        return filled
    voice = "chat" if text in chatty else _VOICES.get(channel, "written")
    opening = words.fill(draw.choice(remarks().openings[voice]))
    return _joined(opening, filled, draw.choice(remarks().endings[voice]))


def _joined(opening: str, text: str, ending: str) -> str:
    first = text.split()[0]
    if opening.endswith((": ", "Min, ")) and not first.isupper() and text[1:2].islower():
        text = text[:1].lower() + text[1:]
    if ending[1:2].isupper() and text[-1] not in ".!?":
        text += "."
    return f"{opening}{text}{ending}"


def choose(draw: random.Random, name: str, words: Words) -> str:
    """One of the short remarks of that name, its slots filled."""
    return words.fill(draw.choice(remarks().lists[name]))
