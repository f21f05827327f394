"""What a file is, told by its bytes: the name and the type that the sender's browser claims are never asked."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

import filetype
from flask_babel import lazy_gettext as _l

# An honest office document of 10 MB unpacks to tens of megabytes; a bomb of 10 MB to gigabytes.
MAX_UNPACKED_BYTES = 150_000_000
MAX_ZIP_MEMBERS = 3_000


class Unacceptable(Exception):
    """This content is not taken; *reason* is a (lazy) sentence that says why and what to do."""

    def __init__(self, reason: Any) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Kind:
    """A kind of file that is accepted. The first of *extensions* is the one given when the name has
    none of them.

    *image_format* is the name under which Pillow knows it, empty when it is no picture.
    """

    media_type: str
    extensions: tuple[str, ...]
    image_format: str = ""

    @property
    def is_recording(self) -> bool:
        """Sound or film, which may be larger than a document."""
        return self.media_type.startswith(("audio/", "video/"))


_OFFICE = "application/vnd.openxmlformats-officedocument."
TEXT = Kind("text/plain", ("txt",))
PDF = Kind("application/pdf", ("pdf",))
DOCX = Kind(_OFFICE + "wordprocessingml.document", ("docx",))
XLSX = Kind(_OFFICE + "spreadsheetml.sheet", ("xlsx",))
JPEG = Kind("image/jpeg", ("jpg", "jpeg"), "JPEG")
PNG = Kind("image/png", ("png",), "PNG")
GIF = Kind("image/gif", ("gif",), "GIF")
WEBP = Kind("image/webp", ("webp",), "WEBP")
OGG = Kind("audio/ogg", ("ogg", "opus", "oga"))
MP3 = Kind("audio/mpeg", ("mp3",))
M4A = Kind("audio/mp4", ("m4a",))
AAC = Kind("audio/aac", ("aac",))
AMR = Kind("audio/amr", ("amr",))
# Some recorders put sound alone into a film's container
MP4 = Kind("video/mp4", ("mp4", "m4v", "m4a"))
THREE_GP = Kind("video/3gpp", ("3gp", "3gpp"))

KINDS = (TEXT, PDF, DOCX, XLSX, JPEG, PNG, GIF, WEBP, OGG, MP3, M4A, AAC, AMR, MP4, THREE_GP)
ACCEPT = ",".join(f".{extension}" for kind in KINDS for extension in kind.extensions)
"""For the ``accept`` attribute of a file field."""

_BY_SIGNATURE = {
    kind.media_type: kind for kind in (PDF, JPEG, PNG, GIF, WEBP, OGG, MP3, AAC, AMR)
} | {"image/apng": PNG}
_HEIF_BRANDS = {
    b"heic",
    b"heix",
    b"heim",
    b"heis",
    b"hevc",
    b"hevx",
    b"mif1",
    b"msf1",
    b"avif",
    b"avis",
}
_MP4_BRAND = re.compile(rb"mp4[12]|iso[m2-9]|avc1|dash|MSNV|M4V ")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")

_EMPTY = _l("This file is empty. Please choose it again.")
_OTHER_KIND = _l(
    "We cannot accept this kind of file. Send a photo (JPG or PNG), a PDF, a voice recording, a video, "
    "or a Word or Excel document."
)
_HEIC = _l(
    "This photo is in a format (HEIC) that many devices cannot open. Change it to JPG first, or send a "
    "screenshot of it. On an iPhone: Settings, Camera, Formats, Most Compatible."
)
_MACROS = _l("This document contains macros. Save it without macros, or as PDF, and send it again.")
_DAMAGED_DOCUMENT = _l("This document is damaged or protected. Save it as PDF and send it again.")


def kind_of(content: bytes) -> Kind:
    """The kind of *content*; raises Unacceptable for what is empty, refused, unknown or a bomb."""
    if not content:
        raise Unacceptable(_EMPTY)
    if _is_text(content):
        return _kind_of_text(content)
    if content[4:8] == b"ftyp":
        return _kind_of_film(content)
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_office(content)
    kind = _BY_SIGNATURE.get(filetype.guess_mime(content) or "")
    if kind is None or (kind in (AAC, MP3) and _is_torn_photograph(content)):
        raise Unacceptable(_OTHER_KIND)
    return kind


def _is_torn_photograph(content: bytes) -> bool:
    """A sound is told by two bytes only, which one wrong byte can make of a JPEG; its place must not slip through."""
    return any(mark in content[:64] for mark in (b"JFIF", b"Exif"))


def _is_text(content: bytes) -> bool:
    """UTF-8 without control characters; every other kind we take (but a PDF without pictures) has some."""
    try:
        return _CONTROL.search(content.decode("utf-8-sig")) is None
    except UnicodeDecodeError:
        return False


def _kind_of_text(content: bytes) -> Kind:
    # Asked before the signatures: a letter that begins "BM..." or "ID3..." is neither a bitmap nor
    # a song.
    beginning = content.decode("utf-8-sig").lstrip()
    if beginning.startswith("%PDF-"):
        return PDF
    if not beginning:
        raise Unacceptable(_EMPTY)
    # HTML, SVG and other markup can act in the reader's browser
    if beginning.startswith(("<", "{\\rtf")):
        raise Unacceptable(_OTHER_KIND)
    return TEXT


def _kind_of_film(content: bytes) -> Kind:
    """Tell apart what the same container holds, by its major brand, then by the compatible ones."""
    size = min(int.from_bytes(content[:4], "big"), 512)
    major = content[8:12]
    brands = {major, *(content[at : at + 4] for at in range(16, size, 4))}
    if major in _HEIF_BRANDS:
        raise Unacceptable(_HEIC)
    if major in (b"M4A ", b"M4B "):
        return M4A
    if major.startswith((b"3gp", b"3g2")):
        return THREE_GP
    if any(_MP4_BRAND.fullmatch(brand) for brand in brands) and major != b"qt  ":
        return MP4
    raise Unacceptable(_OTHER_KIND)


def _kind_of_office(content: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _kind_of_archive(archive)
    except Unacceptable:
        raise
    except Exception as fault:  # a hostile archive makes the reader raise almost anything
        raise Unacceptable(_DAMAGED_DOCUMENT) from fault


def _kind_of_archive(archive: zipfile.ZipFile) -> Kind:
    """Judge by the table of contents; nothing is unpacked but the list of parts, and of it at most 1 MB."""
    members = archive.infolist()
    if len(members) > MAX_ZIP_MEMBERS or sum(m.file_size for m in members) > MAX_UNPACKED_BYTES:
        raise Unacceptable(_DAMAGED_DOCUMENT)
    names = {member.filename for member in members}
    if "[Content_Types].xml" not in names:
        raise Unacceptable(_OTHER_KIND)
    with archive.open("[Content_Types].xml") as part:
        types = part.read(1_000_000)
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unacceptable(_MACROS)
    for kind in (DOCX, XLSX):
        if f"{kind.media_type}.main+xml".encode() in types:
            return kind
    raise Unacceptable(_OTHER_KIND)
