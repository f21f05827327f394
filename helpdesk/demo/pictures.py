"""Photographs and papers of the demo, drawn here, so that no real person or room is in any of them."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFont

SIZE = (720, 540)
_Pen = ImageDraw.ImageDraw
_WALL, _INK, _SHADE, _WOOD = "#d9d6cd", "#2b2b2b", "#a9a598", "#8a6a48"


def draw_file(name: str) -> tuple[bytes, str]:
    """The bytes and file name of ``kind/caption``: a letter is a PDF, everything else a photograph."""
    kind, _, caption = name.partition("/")
    draw = random.Random(name)
    sheet = Image.new("RGB", SIZE, _WALL)
    SCENES[kind](ImageDraw.Draw(sheet), draw, caption)
    content = io.BytesIO()
    if kind == "letter":
        sheet.save(content, "PDF", resolution=72.0)
        return content.getvalue(), "surat.pdf"
    tilted = sheet.rotate(draw.uniform(-2.5, 2.5), Image.Resampling.BILINEAR, fillcolor=_SHADE)
    tilted.save(content, "JPEG", quality=72)
    return content.getvalue(), f"IMG_{draw.randint(1000, 9999)}.jpg"


def _write(pen: _Pen, at: tuple[int, int], text: str, size: int = 22, ink: str = _INK) -> None:
    pen.text(at, text, fill=ink, font=ImageFont.load_default(size))


def _leak(pen: _Pen, draw: random.Random, caption: str) -> None:
    pen.rectangle((0, 330, *SIZE), fill="#c3bfb2")
    for row in range(4):
        for column in range(6):
            pen.rectangle(
                (column * 120, row * 82, column * 120 + 116, row * 82 + 78), fill="#e8e5dc"
            )
    centre = draw.randint(220, 480)
    for ring, stain in enumerate(("#d2c19a", "#b89a63", "#8f733f")):
        reach = 150 - ring * 45
        pen.ellipse((centre - reach, 40 + ring * 22, centre + reach, 300 - ring * 30), fill=stain)
    for _drop in range(9):
        x, y = centre + draw.randint(-50, 50), draw.randint(290, 500)
        pen.ellipse((x, y, x + 7, y + 16), fill="#7d97a8")
    pen.rectangle((centre - 60, 470, centre + 60, 530), fill="#4f7d9c")
    _write(pen, (16, 500), caption, 18)


def _receipt(pen: _Pen, draw: random.Random, caption: str) -> None:
    pen.rectangle((0, 0, *SIZE), fill=_WOOD)
    pen.rectangle((180, 20, 540, 530), fill="#fbfaf5")
    _write(pen, (220, 40), "RSIA SEKAR RANAH", 24)
    _write(pen, (220, 74), f"RINCIAN BIAYA  {caption}", 15)
    total = 0
    lines = ("Lab darah lengkap", "Lab darah lengkap", "Obat", "Administrasi", "Kamar", "Visite")
    for row, line in enumerate(lines):
        cost = draw.randint(4, 90) * 5000
        total += cost
        _write(pen, (210, 120 + row * 44), line, 19)
        _write(pen, (420, 120 + row * 44), f"{cost:>9,}".replace(",", "."), 19)
    pen.line((205, 395, 515, 395), fill=_INK, width=2)
    _write(pen, (210, 410), "JUMLAH", 24)
    _write(pen, (395, 410), f"{total:,}".replace(",", "."), 24)
    pen.ellipse((390, 440, 500, 515), outline="#35507c", width=4)


def _label(pen: _Pen, draw: random.Random, caption: str) -> None:
    pen.rectangle((0, 400, *SIZE), fill=_WOOD)
    pen.rounded_rectangle((250, 120, 470, 500), 34, fill="#7a3f1d")
    pen.rectangle((300, 60, 420, 130), fill="#f2f0ea")
    pen.rectangle((255, 210, 465, 420), fill="#fdfcf6")
    for row, line in enumerate(("FARMASI", "Sirup 60 ml", "3 x sehari", "1 sendok takar", caption)):
        _write(pen, (268, 222 + row * 38), line, 22 if row == 2 else 18)


def _machine(pen: _Pen, draw: random.Random, caption: str) -> None:
    pen.rounded_rectangle((110, 90, 610, 240), 16, fill="#f4f3ee", outline=_SHADE, width=3)
    for slit in range(5):
        pen.line((140, 195 + slit * 8, 580, 195 + slit * 8), fill=_SHADE, width=3)
    pen.rectangle((520, 120, 580, 145), fill="#5c1f1f")
    for _drop in range(14):
        x, y = draw.randint(140, 560), draw.randint(250, 470)
        pen.ellipse((x, y, x + 6, y + 14), fill="#7d97a8")
    _write(pen, (16, 500), caption, 18)


def _basin(pen: _Pen, draw: random.Random, caption: str) -> None:
    for row in range(9):
        for column in range(12):
            shade = draw.choice(("#dfe6e6", "#d3dcdc", "#c9d0c8"))
            pen.rectangle((column * 60, row * 60, column * 60 + 57, row * 60 + 57), fill=shade)
    pen.ellipse((190, 230, 530, 470), fill="#f6f6f2", outline=_SHADE, width=4)
    pen.ellipse((250, 280, 470, 430), fill=draw.choice(("#8d8a68", "#77744f", "#9c9a80")))
    pen.rectangle((340, 120, 380, 260), fill="#9aa3a6")
    _write(pen, (16, 500), caption, 18)


def _plate(pen: _Pen, draw: random.Random, caption: str) -> None:
    pen.rectangle((0, 0, *SIZE), fill="#6f8f86")
    pen.ellipse((120, 70, 600, 490), fill="#f7f5ef", outline=_SHADE, width=5)
    pen.pieslice((170, 120, 550, 440), 150, 330, fill="#fffdf4")
    pen.pieslice((170, 120, 550, 440), 330, 60, fill="#5e7b3b")
    pen.pieslice((170, 120, 550, 440), 60, 150, fill="#a85f32")
    for _speck in range(draw.randint(2, 5)):
        x, y = draw.randint(240, 460), draw.randint(180, 380)
        pen.ellipse((x, y, x + 10, y + 6), fill="#1d1a16")
    _write(pen, (16, 500), caption, 18, "#ffffff")


def _bracelet(pen: _Pen, draw: random.Random, caption: str) -> None:
    pen.rectangle((0, 0, *SIZE), fill="#c7d5dc")
    pen.ellipse((120, 160, 620, 620), fill="#e4b999")
    pen.rounded_rectangle((100, 200, 640, 310), 40, fill="#f3a7bf", outline="#d07f9b", width=4)
    pen.rectangle((200, 212, 540, 298), fill="#ffffff")
    _write(pen, (214, 220), f"By. Ny. {draw.choice('ABDFKLMNRSWY')}", 28)
    _write(pen, (214, 258), f"RM {caption}", 22)


def _form(pen: _Pen, draw: random.Random, caption: str) -> None:
    pen.rectangle((90, 10, 630, 540), fill="#fcfcf8")
    _write(pen, (120, 30), "LAPORAN TINDAK LANJUT KOMPLAIN", 24)
    _write(pen, (120, 66), f"RM {caption}", 18)
    for row in range(10):
        y = 120 + row * 36
        pen.line((120, y, 600, y), fill=_SHADE, width=1)
        x = 124
        while x < 600 - draw.randint(0, 220):
            length = draw.randint(14, 60)
            pen.line((x, y - 8, x + length, y - 8 - draw.randint(0, 4)), fill="#26407a", width=3)
            x += length + 10
    pen.arc((430, 470, 560, 530), 180, 400, fill="#26407a", width=4)


def _letter(pen: _Pen, draw: random.Random, caption: str) -> None:
    pen.rectangle((0, 0, *SIZE), fill="#ffffff")
    _write(pen, (60, 40), "KANTOR HUKUM REKAAN & REKAN", 26)
    pen.line((60, 80, 660, 80), fill=_INK, width=3)
    _write(pen, (60, 100), f"Perihal: Somasi            {caption}", 20)
    for row, width in enumerate((590, 600, 570, 598, 410, 0, 585, 600, 330)):
        pen.line((60, 160 + row * 30, 60 + width, 160 + row * 30), fill=_SHADE, width=7)
    _write(pen, (430, 460), "(kuasa hukum keluarga)", 18)


SCENES: dict[str, Callable[[_Pen, random.Random, str], None]] = {
    "leak": _leak,
    "receipt": _receipt,
    "label": _label,
    "ac": _machine,
    "toilet": _basin,
    "food": _plate,
    "bracelet": _bracelet,
    "form": _form,
    "letter": _letter,
}
