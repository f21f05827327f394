"""Mails nobody would write: the composed ones, mutated. Something always comes out, and nothing that acts."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import asdict
from datetime import UTC
from email.message import EmailMessage
from email.policy import SMTP

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config import ROOT
from helpdesk.lib.mail.message import Nature, ReadMail
from helpdesk.lib.mail.reading import read_mail

MAILS = tuple(file.read_bytes() for file in sorted((ROOT / "tests/wire/mail").glob("*.eml")))
SERVER = "mx.rs.example.org"
SPLICES = (
    b"Content-Type: multipart/mixed; boundary=b1\n", b"Content-Type: text/html; charset=utf-7\n",
    b"Content-Type: text/html; charset=utf-16\n", b"Content-Transfer-Encoding: base64\n",
    b"Content-Transfer-Encoding: quoted-printable\n", b"From: \n", b"From: <>\n", b"Message-ID: <>\n",
    b"Date: x\n", b"Date: Fri, 20 Nov 2026 25:61:00 +0700\n", b"Subject: =?utf-7?Q?+2AA-?=\n",
    b"Content-Disposition: attachment; filename*0*=utf-16''%D8; filename*x=1\n", b"Precedence: bulk\n",
    b"Return-Path: <>\n", b"--b1\n", b"--b1--\n", b"\n", b"\0", b"\r", b"\xff\xfe", b"> ", b"<script>x</script>",
    b"<img src=https://evil.test/p>", b"<a href=javascript:x>", b"<svg/onload=x>", b"--0000000000aa\n",
)  # fmt: skip

_ACTS = re.compile(
    r"<\s*(?:script|style|iframe|object|embed|svg|math|form|link|meta|base|input)\b"
    r"|<[a-z][^<>]*\s(?:on[a-z]+|style|src|srcset|background|poster)\s*="
    r"|\bhref\s*=\s*[\"']?\s*(?:javascript|data|vbscript):",
    re.IGNORECASE,
)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def _is_fit(mail: ReadMail) -> None:
    """What every mail must come out as, whatever went in."""
    without_alt = re.sub(r'\balt="[^"]*"', "", mail.html)
    assert not _ACTS.search(without_alt)
    told = {key: value for key, value in asdict(mail).items() if key not in ("files", "sent_at")}
    assert not _CONTROLS.search(json.dumps(told, ensure_ascii=False))
    assert "unreadable_field" not in mail.defects  # that would be a fault of ours
    assert mail.sent_at is None or mail.sent_at.tzinfo is UTC
    assert (mail.bounce is not None) == (mail.nature is Nature.BOUNCE)
    assert all(file.name and "/" not in file.name for file in mail.files)
    assert "\n" not in mail.subject + mail.message_id + mail.sender.name + mail.nature_reason


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    raw = bytearray(draw(st.sampled_from(MAILS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(raw)))
        match draw(st.sampled_from(["flip", "cut", "splice", "double", "drop", "other"])):
            case "flip" if at < len(raw):
                raw[at] = draw(st.integers(0, 255))
            case "cut":
                del raw[at:]
            case "splice":
                line = raw.rfind(b"\n", 0, at) + 1
                raw[line:line] = draw(st.sampled_from(SPLICES))
            case "double":
                raw[at:at] = raw[at : at + draw(st.integers(1, 400))]
            case "drop":
                del raw[at : at + draw(st.integers(1, 200))]
            case "other":
                raw[at:at] = draw(st.sampled_from(MAILS))[draw(st.integers(0, 400)) :]
    return bytes(raw)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_mutated_mails(raw: bytes) -> None:
    before = bytes(raw)
    _is_fit(read_mail(raw, authserv_id=SERVER, own_identifiers=("keluhan@rs.example.org",)))
    assert raw == before


@settings(max_examples=200)
@given(st.binary(max_size=600))
@example(b"")
@example(b"Content-Type: text/plain; charset=utf-7\n\n+2AA-")
def test_any_bytes(raw: bytes) -> None:
    _is_fit(read_mail(raw))


@settings(max_examples=200)
@given(st.text(max_size=400))
@example("<img src=x onerror=alert(1)//")
@example("<a href='java&#115;cript:alert(1)'>")
def test_any_html(page: str) -> None:
    encoded = b64encode(page.encode("utf-8", "replace"))
    head = b"From: a@x.test\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
    _is_fit(read_mail(head + encoded))


@settings(max_examples=100)
@given(
    text=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"]), max_size=200
    ),
    files=st.lists(
        st.tuples(st.text("abc éд漢 ()'%;\"=", min_size=1, max_size=30), st.binary(max_size=300)),
        max_size=4,
    ),
)
def test_what_was_attached_comes_out_as_it_was(text: str, files: list[tuple[str, bytes]]) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "a@x.test"
    mail.set_content(text)
    for name, content in files:
        mail.add_attachment(content, maintype="image", subtype="jpeg", filename=f"x{name}.jpg")
    found = read_mail(mail.as_bytes())
    assert [file.content for file in found.files] == [content for _, content in files]
    assert found.text == text.strip()
    assert found.surplus == ()
