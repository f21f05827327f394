"""Parts, files and encodings, whole and damaged; and that effort grows no faster than the mail."""

from __future__ import annotations

import struct
import sys
from base64 import b64encode
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from helpdesk.lib.mail.cms import signed_content
from helpdesk.lib.mail.defects import Defect
from helpdesk.lib.mail.encodings import unpacked
from helpdesk.lib.mail.flowed import unflowed
from helpdesk.lib.mail.message import MailLimits, Nature
from helpdesk.lib.mail.reading import read_mail
from helpdesk.lib.mail.structure import MAX_DEPTH, MAX_PARTS
from helpdesk.lib.mail.winmail import Unreadable, read_winmail

TOP = (
    b"From: a@x.test\nTo: b@x.test\nMessage-ID: <a@x.test>\nDate: Fri, 20 Nov 2026 10:20:00 +0700\n"
)


def mixed(*parts: bytes) -> bytes:
    return (
        TOP
        + b"Content-Type: multipart/mixed; boundary=b\n\n"
        + b"".join(b"--b\n" + part + b"\n" for part in parts)
        + b"--b--\n"
    )


def attached(name: bytes, content: bytes, kind: bytes = b"image/jpeg") -> bytes:
    return (
        b"Content-Type: " + kind + b"\nContent-Transfer-Encoding: base64\n"
        b"Content-Disposition: attachment; filename=" + name + b"\n\n" + b64encode(content)
    )


def nested(depth: int) -> bytes:
    layers = [
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (layer, layer)
        for layer in range(depth)
    ]
    ends = [b"\n--b%d--" % layer for layer in reversed(range(depth))]
    return TOP + b"".join(layers) + b"\nAC ruang 305 mati\n" + b"".join(ends)


def test_what_is_within_the_depth_is_read() -> None:
    mail = read_mail(nested(MAX_DEPTH))
    assert (mail.text, mail.files, mail.defects) == ("AC ruang 305 mati", (), ())


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 200, 2_000])
def test_what_is_deeper_is_a_file(depth: int) -> None:
    mail = read_mail(nested(depth))
    assert "nested_too_deep" in mail.defects
    assert [b"AC ruang 305 mati" in file.content for file in mail.files] == [True]


def test_too_many_parts_end_the_reading() -> None:
    mail = read_mail(mixed(b"\nawal", *[b"\nx"] * (MAX_PARTS * 2)))
    assert mail.text.startswith("awal")
    assert "too_many_parts" in mail.defects


def test_files_over_the_limits_are_named() -> None:
    parts = [attached(b"%d.jpg" % number, b"x" * 10 * number) for number in (1, 2, 3, 4)]
    limits = MailLimits(files=2, file_bytes=35, total_bytes=40)
    mail = read_mail(mixed(*parts), limits=limits)
    assert [file.name for file in mail.files] == ["1.jpg", "2.jpg"]
    assert mail.surplus == ("3.jpg", "4.jpg")
    assert mail.defects == ("files_left_out",)


def test_text_over_the_limit_is_cut_and_said() -> None:
    mail = read_mail(TOP + b"\n" + b"x" * 100, limits=MailLimits(text_characters=50))
    assert (mail.text, mail.defects) == ("x" * 50, ("text_cut",))


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b'attachment; filename="foto.jpg"', "foto.jpg"),
        (b"attachment; filename*=utf-8''foto%20%C3%A9.jpg", "foto é.jpg"),
        (b"attachment; filename*0=fo; filename*1=to.jpg", "foto.jpg"),
        (b"attachment; filename*0*=utf-8''fo%C3; filename*1*=%A9.jpg", "foé.jpg"),
        (b'attachment; filename="=?utf-8?Q?foto_=C3=A9.jpg?="', "foto é.jpg"),
        (b'attachment; filename="../../etc/foto.jpg"', "foto.jpg"),
        (b'attachment; filename="C:\\\\dir\\\\foto.jpg"', "foto.jpg"),
        (b"attachment; filename=fot\xc3\xa9.jpg", "foté.jpg"),
        (b'attachment; filename="a\x00b\xe2\x80\xaegpj.exe"', "abgpj.exe"),
        (b"attachment; filename*=tidak-ada''x.jpg", "x.jpg"),
        (b"attachment; filename*x=y", "attachment-1.jpg"),
        (b"attachment; filename*99999999999999999999=y", "y"),
        (b"attachment; filename=", "attachment-1.jpg"),
        (b'attachment; filename="..."', "attachment-1.jpg"),
        (b"attachment", "attachment-1.jpg"),
    ],
)
def test_names_of_files(disposition: bytes, name: str) -> None:
    part = b"Content-Type: image/jpeg\nContent-Disposition: " + disposition + b"\n\nJPEG"
    assert [file.name for file in read_mail(mixed(part)).files] == [name]


def test_pieces_around_a_picture_are_strung_together() -> None:
    picture = b"Content-Type: image/png\nContent-ID: <p1>\nContent-Disposition: inline\n\nPNG"
    html = b"Content-Type: text/html\n\n<p>dan <b>ini</b></p>"
    mail = read_mail(mixed(b"\nLihat:", picture, html))
    assert mail.text == "Lihat:\n\ndan ini"
    assert mail.html == "<div>Lihat:</div><hr><p>dan <b>ini</b></p>"
    assert [file.content for file in mail.files] == [b"PNG"]


@pytest.mark.parametrize(
    "raw",
    [
        TOP + b"Content-Type: multipart/mixed\n\nAC mati",
        TOP + b"Content-Type: multipart/mixed; boundary=b\n\nAC mati",
        TOP + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nAC mati",
        TOP + b"Content-Type: //;;=\n\nAC mati",
        TOP + b'Content-Type: text/plain; charset="\n\nAC mati',
        TOP + b"Content-Type: text/plain\nContent-Type: image/png\n\nAC mati",
        TOP + b"Content-Transfer-Encoding: rahasia\n\nAC mati",
        b"\r\n\n" + TOP + b"\nAC mati",
        b"\xef\xbb\xbf" + TOP + b"\nAC mati",
        b"From a@x.test Fri Nov 20 10:20:00 2026\n" + TOP + b"\nAC mati",
    ],
)
def test_broken_structure_loses_no_words(raw: bytes) -> None:
    mail = read_mail(raw)
    assert "AC mati" in mail.text
    assert mail.sender.address == "a@x.test"


@pytest.mark.parametrize("raw", [b"", b"\n", b"\0", b"\xff" * 100, b":", b"a" * 100, b"\n\n--\n"])
def test_hardly_a_mail(raw: bytes) -> None:
    mail = read_mail(raw)
    assert (mail.nature, mail.sender.address, mail.sent_at) == (Nature.PERSON, "", None)
    assert mail.defects


def test_one_id_and_one_digest_are_one_mail() -> None:
    first = read_mail(b"Received: by a\n" + mixed(b"\nisi", attached(b"a.jpg", b"foto")))
    again = read_mail(
        b"Received: by b\nX-Spam: no\n" + mixed(b"\nisi", attached(b"a.jpg", b"foto"))
    )
    other_text = read_mail(mixed(b"\nlain", attached(b"a.jpg", b"foto")))
    other_file = read_mail(mixed(b"\nisi", attached(b"a.jpg", b"foto lain")))
    assert first.body_digest == again.body_digest
    assert len({first.body_digest, other_text.body_digest, other_file.body_digest}) == 3


@pytest.mark.parametrize(
    ("body", "encoding", "content", "is_broken"),
    [
        (b"SGFsbw==", "base64", b"Halo", False),
        (b"SGFs\r\nbw", "BASE64", b"Halo", False),
        (b"SGFs!!bw==", "base64", b"Halo", True),
        (b"SGFsb", "base64", b"Hal", True),
        (b"SGFsbw==SGFsbw==", "base64", b"HaloHalo", False),
        (b"caf=C3=A9=\n!", "quoted-printable", b"caf\xc3\xa9!", False),
        (b"=ZZ=", "quoted-printable", b"=ZZ", False),
        (b"begin 644 a\n$2&%L;P  \n`\nend\n", "x-uuencode", b"Halo", False),
        (b"apa saja", "8bit", b"apa saja", False),
    ],
)
def test_encodings(body: bytes, encoding: str, content: bytes, is_broken: bool) -> None:
    defects: set[Defect] = set()
    assert unpacked(body, encoding, defects) == content
    assert defects == ({Defect.ENCODING_BROKEN} if is_broken else set())


def test_flowed_paragraphs() -> None:
    assert unflowed("satu \ndua\n> a \n> b\n>> c \nbaru\n-- \nAni", drops_space=False) == (
        "satu dua\n> a b\n>> c \nbaru\n-- \nAni".replace("c \n", "c\n")
    )
    assert unflowed("antre \nan\n> From ", drops_space=True) == "antrean\n> From"


# --- wrapped files ------------------------------------------------------------------------------------


def tnef(*attributes: tuple[int, int, bytes]) -> bytes:
    """Each: level, name, value."""
    found = b"".join(
        struct.pack("<BHHI", level, name, 6, len(value)) + value + b"\0\0"
        for level, name, value in attributes
    )
    return struct.pack("<IH", 0x223E9F78, 1) + found


def test_winmail_without_files_and_with_nameless_ones() -> None:
    assert read_winmail(tnef((1, 0x8004, b"subjek"))) == []
    (file,) = read_winmail(tnef((2, 0x9002, b""), (2, 0x800F, b"isi")))
    assert (file.name, file.content) == ("", b"isi")


@pytest.mark.parametrize("content", [b"", b"abc", b"x" * 100, tnef((2, 0x9002, b"x" * 20))[:-5]])
def test_damaged_winmail_is_kept_whole(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read_winmail(content)
    mail = read_mail(mixed(attached(b"winmail.dat", content, b"application/ms-tnef")))
    assert [(file.name, file.content) for file in mail.files] == [("winmail.dat", content)]
    assert mail.defects == ("winmail_unreadable",)


def test_words_that_only_winmail_may_have_are_missed() -> None:
    wrapped = attached(b"winmail.dat", tnef((1, 0x8004, b"subjek")), b"application/ms-tnef")
    assert read_mail(mixed(wrapped)).defects == ("winmail_alone",)


@pytest.mark.parametrize(
    "blob", [b"", b"\x30", b"\x30\x80" * 5_000, b"\x24\x7f" * 5_000, b"\x30\x84\xff\xff\xff\xff"]
)
def test_what_is_no_signed_content(blob: bytes) -> None:
    assert signed_content(blob) is None


# --- effort -------------------------------------------------------------------------------------------

GROWING: dict[str, Callable[[int], bytes]] = {
    "one line": lambda n: TOP + b"\n" + b"x" * 100 * n,
    "quoted lines": lambda n: TOP + b"\n" + b"> kutipan\n" * n,
    "announcements": lambda n: TOP + b"\n" + b"Pada 20 Nov 2026 10.15\n" * n,
    "delimiters": lambda n: TOP + b"\n" + b"##- balas -##\n" * n,
    "copied headers": lambda n: TOP + b"\n" + b"From: a@b\nSent: c\nTo: d\n\n" * n,
    "header fields": lambda n: b"X-A: b\n" * n + TOP + b"\nisi",
    "folded header": lambda n: b"X-A: b" + b"\n ;" * n + b"\n" + TOP + b"\nisi",
    "parts": lambda n: mixed(*[b"\nx"] * n),
    "tags": lambda n: TOP + b"Content-Type: text/html\n\n" + b"<p>x" * n,
    "links": lambda n: TOP + b"Content-Type: text/html\n\n" + b"<a href=http://x>y" * n,
    "unclosed tags": lambda n: TOP + b"Content-Type: text/html\n\n" + b"<a" * n,
    "quotation marks": lambda n: b'To: "' + b'\\"' * n + b"\n" + TOP + b"\nisi",
    "winmail": lambda n: TOP + b"Content-Type: application/ms-tnef\n\n" + tnef(*[(1, 1, b"")] * n),
}  # fmt: skip


@pytest.mark.parametrize("shape", GROWING)
def test_effort_grows_no_faster_than_the_mail(shape: str) -> None:
    """Counted in calls, not in seconds: four times the mail, at most five times the calls."""
    make = GROWING[shape]
    assert _calls(make(4_000)) <= 5 * _calls(make(1_000))


def _calls(raw: bytes) -> int:
    count = 0

    def note(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        read_mail(raw)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "raw",
    [
        TOP + b"\n" + b"x" * 10_000_000,
        TOP + b"\n" + b"On a@b 10:15 wrote " * 500_000,
        TOP + b"Subject: " + b"=?utf-8?q?a?= " * 700_000 + b"\n\nisi",
        TOP + b"Content-Type: text/plain" + b";" * 5_000_000 + b"\n\nisi",
        TOP + b"Content-Type: text/html\n\n" + b"<" * 10_000_000,
        TOP + b"Authentication-Results: mx" + b"(" * 5_000_000 + b"\n\nisi",
    ],
    ids=["letters", "announcement", "subject", "parameters", "html", "comments"],
)
def test_a_line_of_10_mb(raw: bytes) -> None:
    """Here the regular expressions, whose steps are no calls, would show: minutes instead of a second."""
    mail = read_mail(raw, authserv_id="mx")
    assert {"text_cut", "header_cut"} & set(mail.defects)
    assert "unreadable_field" not in mail.defects
