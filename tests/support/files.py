"""Files as people send them."""

from __future__ import annotations

import io

from PIL import Image
from pypdf import PdfReader

from helpdesk.lib.uploads import EVIDENCE, Purpose, Received, receive


def jpeg(colour: str = "teal", *, size: tuple[int, int] = (64, 48)) -> bytes:
    """A small photograph with a place in its EXIF."""
    picture = Image.new("RGB", size, colour)
    exif = Image.Exif()
    exif[0x010F] = "Telepon"
    exif.get_ifd(0x8825)[1] = "S"
    stream = io.BytesIO()
    picture.save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def photograph(colour: str = "teal", *, purpose: Purpose = EVIDENCE) -> Received:
    """The same, taken in and stored."""
    return receive(jpeg(colour), "bukti.jpg", purpose=purpose)


def words_on(pdf: bytes) -> str:
    """What can be read on a document, in one line."""
    assert pdf.startswith(b"%PDF-"), pdf[:80]
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(word for page in pages for word in page.extract_text().split())
