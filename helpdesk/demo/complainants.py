"""The people who complain: invented, but always the same ones."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache

POOL = 380  # so that some of them come back within three months

_WOMEN = (
    "Dewi", "Wati", "Rina", "Yenni", "Fitriani", "Mardiana", "Suryani", "Nofriza", "Silvia", "Ratna", "Elvira",
    "Upik", "Rahmi", "Nurhayati", "Gusnita", "Lusi", "Widya", "Oktaviani", "Mutia", "Anisa", "Yusnidar", "Sulastri",
    "Tri Handayani", "Rosmaini", "Desmawati", "Aulia", "Zahara", "Kartini", "Ermawati", "Intan", "Melati", "Nova",
)  # fmt: skip
_MEN = (
    "Andri", "Syafril", "Rizki", "Hasan", "Doni", "Afrizal", "Yusuf", "Zulkifli", "Ilham", "Fajar", "Bustami",
    "Slamet", "Togar", "Rahmat", "Iqbal", "Syamsul", "Hendri", "Arif", "Bayu", "Nasrul", "Wahyu", "Marwan",
)  # fmt: skip
_LAST = (
    "Putra", "Sikumbang", "Chaniago", "Piliang", "Koto", "Tanjung", "Hidayat", "Siregar", "Nasution", "Saputra",
    "Lubis", "Ramadhan", "Maulana", "Syahrial", "Efendi", "Guci", "Jambak", "Harahap", "Wibowo", "Setiawan",
)  # fmt: skip
_LAST_OF_WOMEN = (
    "Sari", "Anggraini", "Yanti", "Lestari", "Putri", "Tanjung", "Chaniago", "Koto", "Siregar", "Nasution", "",
    "Safitri", "Utami", "Piliang", "Hasanah", "Wulandari", "Jambak", "", "Rahayu", "Guci",
)  # fmt: skip
_STREETS = (
    "Jalan Contoh Raya", "Komplek Sekar Indah", "Jalan Rekaan", "Gang Melur", "Jalan Teladan", "Perumahan Ranah Permai",
)  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody who complains. *call* is how an answer addresses them."""

    name: str
    call: str
    phone: str
    email: str
    address: str


@cache
def person_number(index: int) -> Person:
    """The person at that place in the pool; numbers and addresses reach nobody."""
    draw = random.Random(f"complainant/{index}")
    is_woman = draw.random() < 0.64
    first = draw.choice(_WOMEN if is_woman else _MEN)
    last = draw.choice(_LAST_OF_WOMEN if is_woman else _LAST)
    nick = first.split()[0]
    return Person(
        name=f"{first} {last}".strip(),
        call=f"{'Ibu' if is_woman else 'Bapak'} {nick}",
        phone=f"0812-3456-{1000 + index:04d}",
        email=f"{nick.lower()}.{index}@example.com",
        address=f"{draw.choice(_STREETS)} No. {draw.randint(1, 90)}, Padang",
    )
