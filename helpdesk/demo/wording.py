"""Filling the slots of a story, so that no two tickets that tell it look copied."""

from __future__ import annotations

import random
import re
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
_VOICES = {Channel.LETTER: "letter", Channel.COUNTER: "counter", Channel.PHONE: "phone"}


@dataclass(frozen=True)
class Words:
    """The slots of one ticket, by name. *happened_on* is the day of which they speak."""

    slots: dict[str, str]
    happened_on: date

    def fill(self, text: str) -> str:
        """The text with every slot filled, and a capital where a slot begins a sentence."""
        filled = Formatter().vformat(text, (), self.slots)
        return filled[:1].upper() + filled[1:] if text.startswith("{") else filled


def words_for(
    draw: random.Random, received_at: datetime, place: str, person: Person | None
) -> Words:
    """Draw every slot for one ticket; *received_at* is local, *place* a code of the catalogue."""
    begins, length = draw.randint(7, 12), draw.randint(2, 4)
    is_over = received_at.hour >= begins + length
    back = draw.choice((0, 0, 1, 1, 2)) if is_over else draw.choice((1, 1, 2))
    happened_on = received_at.date() - timedelta(days=back)
    amount = draw.choice((85, 120, 175, 210, 240, 310, 385, 450, 520, 675, 890)) * 1000
    slots = {
        "jam": f"{begins:02d}.{draw.choice((0, 0, 15, 30, 45)):02d}",
        "jam2": f"{begins + length:02d}.{draw.choice((0, 10, 20, 40)):02d}",
        "jam_malam": f"{draw.choice((20, 21, 22, 23))}.{draw.choice((10, 30, 45))}",
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
    return Words(slots, happened_on)


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
    filled = words.fill(text)
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
