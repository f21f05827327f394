"""Files from people: told by content, cleaned, named harmlessly; what is refused says why and what to do."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from helpdesk.lib.errors import Invalid
from helpdesk.lib.file_names import MAX_LENGTH, fit_name
from helpdesk.lib.media_types import Unacceptable, kind_of
from helpdesk.lib.photographs import MAX_FRAMES
from helpdesk.lib.storage import get_storage, init_storage
from helpdesk.lib.uploads import COMPLAINANT, EVIDENCE, Limits, receive

GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F
OFFICE = "application/vnd.openxmlformats-officedocument."


@pytest.fixture(autouse=True)
def _shelf(tmp_path: Path) -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="en")
    init_storage(app, tmp_path)
    with app.app_context():
        yield


def photo(kind: str = "JPEG", size: tuple[int, int] = (80, 40), mode: str = "RGB") -> bytes:
    """A photograph as a telephone sends it: turned, with place, maker and a comment."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = 6, "Telepon Contoh"
    exif.get_ifd(GPS)[1] = "S"
    exif.get_ifd(GPS)[2] = (0.0, 56.0, 58.0)
    out = io.BytesIO()
    image = Image.new(mode, size, "white")
    image.putpixel((0, 0), 0 if mode == "L" else tuple([10] * len(mode)))
    image.save(out, kind, exif=exif, **({"comment": b"milik Ratna"} if kind == "JPEG" else {}))
    return out.getvalue()


def animation(kind: str, frames: int = 3) -> bytes:
    pictures = [Image.new("RGB", (20, 20), (i * 60 % 256, 0, 0)) for i in range(frames)]
    out = io.BytesIO()
    pictures[0].save(out, kind, save_all=True, append_images=pictures[1:], duration=200, loop=0)
    return out.getvalue()


def office(main: str, parts: dict[str, bytes] | None = None) -> bytes:
    """A zip with the table of parts that makes it an office document of the *main* type."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Override ContentType="{main}"/>')
        for name, content in (parts or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


DOCX_MAIN = f"{OFFICE}wordprocessingml.document.main+xml"
DOCX = office(DOCX_MAIN, {"word/document.xml": b"<w/>"})
XLSX = office(f"{OFFICE}spreadsheetml.sheet.main+xml", {"xl/workbook.xml": b"<x/>"})
ACCEPTED = {
    "jpeg": (photo(), "image/jpeg", "jpg"),
    "png": (photo("PNG"), "image/png", "png"),
    "webp": (photo("WEBP"), "image/webp", "webp"),
    "gif": (animation("GIF"), "image/gif", "gif"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "application/pdf", "pdf"),
    "pdf of ASCII only": (b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n", "application/pdf", "pdf"),
    "voice note": (b"OggS\x00\x02" + b"\x00" * 22 + b"OpusHead", "audio/ogg", "ogg"),
    "mp3": (b"ID3\x04" + b"\x00" * 60, "audio/mpeg", "mp3"),
    "m4a": (b"\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00isomiso2", "audio/mp4", "m4a"),
    "aac": (b"\xff\xf1\x50\x80" + b"\x00" * 60, "audio/aac", "aac"),
    "amr": (b"#!AMR\n" + b"\x00" * 60, "audio/amr", "amr"),
    "mp4": (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41", "video/mp4", "mp4"),
    "3gp": (b"\x00\x00\x00\x18ftyp3gp4\x00\x00\x02\x00isom3gp4", "video/3gpp", "3gp"),
    "docx": (DOCX, f"{OFFICE}wordprocessingml.document", "docx"),
    "xlsx": (XLSX, f"{OFFICE}spreadsheetml.sheet", "xlsx"),
    "text": ("Antre 5 jam – tak dilayani".encode(), "text/plain", "txt"),
    "text like a bitmap": (b"BMKG says rain\n", "text/plain", "txt"),
}
REFUSED = {
    "nothing": (b"", "empty"),
    "blanks": (b" \n\t", "empty"),
    "html": (b"\xef\xbb\xbf \n<!DOCTYPE html><script>alert(1)</script>", "cannot accept"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "cannot accept"),
    "rtf": (b"{\\rtf1 hello}", "cannot accept"),
    "program": (b"MZ\x90\x00" + b"\x00" * 200, "cannot accept"),
    "utf-16": ("<html>".encode("utf-16"), "cannot accept"),
    "junk before pdf": (b"\x00\x01\xff\xfe%PDF-1.4", "cannot accept"),
    "tiff": (b"II*\x00" + b"\x00" * 60, "cannot accept"),
    "quicktime": (b"\x00\x00\x00\x18ftypqt  \x00\x00\x02\x00isomqt  ", "cannot accept"),
    "heic": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "JPG first"),
    "heic by another name": (b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic", "JPG first"),
    "plain zip": (b"PK\x03\x04" + b"\x00" * 30, "damaged or protected"),
    "cut zip": (DOCX[:-40], "damaged or protected"),
    "other zip": (office("application/java-archive"), "cannot accept"),
    "macros": (office(DOCX_MAIN, {"word/vbaProject.bin": b"x"}), "macros"),
    "macro type": (office("application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
    "cut jpeg": (photo(size=(400, 400))[:900], "damaged"),
    "cut png": (photo("PNG", (400, 400))[:200], "damaged"),
    "jpeg in name only": (b"\xff\xd8\xff\xe0" + b"<script>" * 40, "damaged"),
}


def refusal(content: bytes, name: str = "berkas") -> str:
    with pytest.raises(Invalid) as refused:
        receive(content, name, purpose=COMPLAINANT)
    return str(refused.value.fields["file"])


@pytest.mark.parametrize("case", ACCEPTED)
def test_content_decides_the_type(case: str) -> None:
    content, media_type, extension = ACCEPTED[case]
    received = receive(content, "surat.exe", purpose=COMPLAINANT)
    assert received.media_type == media_type
    assert received.name == f"surat.{extension}"
    assert received.sha256 == hashlib.sha256(content).hexdigest()
    assert received.size == get_storage().path(received.shown_digest).stat().st_size


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_says_why(case: str) -> None:
    content, words = REFUSED[case]
    assert words in refusal(content, "foto.jpg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_loses_place_and_maker_and_stands_upright(kind: str) -> None:
    content = photo(kind)
    received = receive(content, "foto.jpg", purpose=COMPLAINANT)
    shown = get_storage().path(received.shown_digest).read_bytes()
    with Image.open(io.BytesIO(shown)) as image:
        assert image.size == (40, 80)
        assert not image.getexif()
    for secret in (b"Telepon Contoh", b"milik Ratna", b"Exif"):
        assert secret in content or kind != "JPEG"
        assert secret not in shown


def test_a_complainants_original_is_not_kept_but_its_digest_is() -> None:
    content = photo()
    received = receive(content, "foto.jpg", purpose=COMPLAINANT)
    assert received.original_digest is None
    assert received.sha256 == hashlib.sha256(content).hexdigest()
    assert not get_storage().exists(received.sha256)


def test_evidence_keeps_both() -> None:
    content = photo()
    received = receive(content, "foto.jpg", purpose=EVIDENCE)
    assert received.original_digest == received.sha256 != received.shown_digest
    assert get_storage().path(received.sha256).read_bytes() == content


def test_what_is_no_photograph_is_kept_as_it_came() -> None:
    received = receive(DOCX, "surat.docx", purpose=COMPLAINANT)
    assert received.original_digest == received.shown_digest == received.sha256


def test_what_hides_behind_a_picture_does_not_pass() -> None:
    hidden = b"<?php system('id') ?>PK\x03\x04<script>alert(1)</script>"
    received = receive(photo() + hidden, "foto.php.jpg", purpose=COMPLAINANT)
    assert b"script" not in get_storage().path(received.shown_digest).read_bytes()


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_other_colours_become_a_plain_photograph(mode: str) -> None:
    received = receive(photo(mode=mode), "foto.jpg", purpose=COMPLAINANT)
    with Image.open(get_storage().path(received.shown_digest)) as image:
        assert image.mode in ("L", "RGB")


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_still_moves(kind: str) -> None:
    received = receive(animation(kind), "gerak", purpose=COMPLAINANT)
    with Image.open(get_storage().path(received.shown_digest)) as image:
        assert getattr(image, "n_frames", 1) == 3
        image.seek(1)
        image.load()
        assert image.info["duration"] == 200


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    out = io.BytesIO()
    Image.new("1", (8000, 5000)).save(out, "PNG")  # 40 megapixels in five kilobytes
    assert len(out.getvalue()) < 20_000
    assert "too large" in refusal(out.getvalue())


def test_a_far_larger_bomb_too() -> None:
    header = photo("PNG")
    huge = header[:16] + (60_000).to_bytes(4, "big") * 2 + header[24:]
    assert refusal(huge)


def test_a_long_animation_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.lib.photographs.MAX_ANIMATION_PIXELS", 1000)
    assert "too long" in refusal(animation("GIF"))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_of_very_many_small_frames_is_refused(kind: str) -> None:
    assert "too long" in refusal(animation(kind, MAX_FRAMES + 1))
    assert receive(animation(kind, MAX_FRAMES), "gerak", purpose=COMPLAINANT).size


def test_an_animation_whose_later_frames_outgrow_the_first_is_refused() -> None:
    """GIF lets any frame be larger than the picture it belongs to; each of these takes four megapixels."""
    small, large = animation("GIF", 1), io.BytesIO()
    Image.new("P", (2000, 2000)).save(large, "GIF")
    frame = large.getvalue()[large.getvalue().index(b",\0\0\0\0") : -1]
    assert "too long" in refusal(small.rstrip(b";") + frame * 20 + b";")


def test_a_zip_bomb_is_refused_unopened() -> None:
    bomb = office(DOCX_MAIN, {"word/document.xml": bytes(160_000_000)})
    assert len(bomb) < 1_000_000
    assert "damaged or protected" in refusal(bomb)


def test_sizes_differ_for_documents_and_recordings() -> None:
    limits = Limits(file_bytes=1_000_000, recording_bytes=2_000_000)
    sound = ACCEPTED["mp3"][0] + bytes(1_500_000)
    assert receive(sound, "suara.mp3", purpose=COMPLAINANT, limits=limits).size > 1_500_000
    for content, words in ((b"a" * 1_500_000, "1 MB"), (sound + bytes(1_000_000), "2 MB")):
        with pytest.raises(Invalid) as refused:
            receive(content, "x", purpose=COMPLAINANT, limits=limits)
        assert words in str(refused.value.fields["file"])


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("foto kamar 3.12", "foto kamar 3.12.jpg"),
        ("IMG_001.JPEG", "IMG_001.jpeg"),
        ("C:\\Users\\Ratna\\foto.png", "foto.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("foto.pdf.exe", "foto.pdf.jpg"),
        ("evil\u202egpj.exe", "evilgpj.jpg"),
        ("a\r\nSet-Cookie: x=1.jpg", "a Set-Cookie_ x=1.jpg"),
        ("...", "lampiran.jpg"),
        ("", "lampiran.jpg"),
        (".jpg", "jpg.jpg"),
    ],
)
def test_names_are_only_for_showing(given_name: str, shown: str) -> None:
    assert fit_name(given_name, ("jpg", "jpeg"), unnamed="lampiran") == shown


@given(st.text(max_size=300))
def test_any_name_becomes_harmless(name: str) -> None:
    shown = fit_name(name, ("jpg",), unnamed="lampiran")
    assert 5 <= len(shown) <= MAX_LENGTH
    assert shown.endswith(".jpg")
    assert shown.isprintable()
    assert not set(shown) & set('/\\<>:"|?*')
    assert fit_name(shown, ("jpg",), unnamed="lampiran") == shown


@given(
    start=st.sampled_from([content[:60] for content, _, _ in ACCEPTED.values()]),
    rest=st.binary(max_size=400),
)
def test_any_bytes_are_taken_or_refused_and_nothing_else_happens(start: bytes, rest: bytes) -> None:
    try:
        kind_of(start + rest)
        receive(start + rest, "x", purpose=COMPLAINANT)
    except (Unacceptable, Invalid):
        return


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's remarks on damaged EXIF
@given(at=st.integers(0, 600), byte=st.integers(0, 255))
@example(at=1, byte=0xF9)  # begins like an AAC sound
@example(at=1, byte=0xFB)  # begins like an MP3
def test_a_damaged_picture_is_cleaned_or_refused(at: int, byte: int) -> None:
    content = bytearray(photo(size=(16, 16)))
    content[at % len(content)] = byte
    try:
        shown = receive(bytes(content), "x", purpose=COMPLAINANT).shown_digest
    except Invalid:
        return
    assert b"Telepon" not in get_storage().path(shown).read_bytes()
