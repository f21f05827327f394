"""Invented names and complaints, enough of them that no two tickets of a page look the same."""

from __future__ import annotations

import random

_FIRST = (
    "Siti", "Wati", "Dewi", "Rina", "Yuni", "Fitri", "Nurul", "Ani", "Budi", "Agus", "Dedi", "Hendra", "Rudi",
    "Andi", "Joko", "Bambang", "Ahmad", "Muhammad", "Putri", "Ratna", "Sri", "Eko", "Wahyu", "Maria", "Yohanes",
)  # fmt: skip
_LAST = (
    "Lestari", "Wijaya", "Santoso", "Hidayat", "Rahmawati", "Susanto", "Siregar", "Nasution", "Simatupang", "Putra",
    "Permata", "Kusuma", "Handayani", "Saputra", "Maharani", "Gunawan", "Setiawan", "Utami", "Pratama", "Anggraini",
)  # fmt: skip
_WHERE = (
    "Di poli anak", "Di farmasi rawat jalan", "Di IGD", "Di ruang Melati", "Di ruang Mawar", "Di kasir",
    "Di loket BPJS", "Di laboratorium", "Di radiologi", "Di ruang bersalin", "Di poli kandungan",
    "Di parkiran", "Di pendaftaran",
)  # fmt: skip
_WHAT = (
    "kami menunggu sejak pukul tujuh dan baru dipanggil menjelang siang",
    "obat yang diresepkan tidak ada dan kami disuruh membeli sendiri di luar",
    "petugas berbicara dengan nada tinggi ketika kami bertanya soal antrean",
    "tagihan kami dihitung dua kali dan tidak ada yang dapat menjelaskan",
    "kamar mandi tidak dibersihkan dua hari dan airnya mati setiap pagi",
    "hasil pemeriksaan tidak ditemukan sehingga darah diambil sekali lagi",
    "kursi roda tidak tersedia padahal ibu kami tidak dapat berjalan",
    "infus habis dan bel tidak dijawab selama setengah jam",
    "makanan datang dingin dan tidak sesuai dengan diet dari dokter",
    "nama bayi salah pada surat keterangan lahir",
)
_WISH = (
    "Mohon diperbaiki.", "Mohon penjelasan.", "Kami kecewa dan menunggu jawaban.", "Semoga tidak terulang lagi.",
    "Tolong ditindaklanjuti secepatnya, terima kasih.",
)  # fmt: skip


def full_name(chance: random.Random) -> str:
    """Somebody who does not exist."""
    return f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"


def complaint(chance: random.Random) -> str:
    """Two or three sentences, as people write them."""
    said = f"{chance.choice(_WHERE)} {chance.choice(_WHAT)}."
    if chance.random() < 0.4:
        said += f" Selain itu {chance.choice(_WHAT)}."
    return f"{said} {chance.choice(_WISH)}"
