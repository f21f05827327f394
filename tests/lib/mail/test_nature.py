"""Who wrote it: the signs of machines one by one, and reports of mail servers that are not by the book."""

from __future__ import annotations

import pytest

from helpdesk.lib.mail.message import Bounce, Nature, ReadMail
from helpdesk.lib.mail.reading import read_mail

OWN = ("keluhan@rs.example.org", "notice.rs.example.org", "tanggap-7f3a")


def read(*fields: str, body: str = "isi") -> ReadMail:
    given = "\n".join(fields)
    sender = "" if given.startswith("From:") else "From: Ani <ani@example.net>\n"
    raw = f"{sender}{given}\nTo: keluhan@rs.example.org\n\n{body}"
    return read_mail(raw.encode(), own_identifiers=OWN)


_GROUP = [
    "List-ID: <keluhan.rs.example.org>",
    "List-Post: <https://groups.google.com/a/x/post>, <mailto:Keluhan@rs.example.org>",
    "Precedence: list",
]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ([*_GROUP, "Auto-Submitted: auto-replied"], "Auto-Submitted: auto-replied"),
        (["List-Post: <mailto:promo@example.net>"], "List-Post"),
        (["From: keluhan@rs.example.org", "Precedence: bulk"], "Precedence: bulk"),
        (["Auto-Submitted: auto-replied"], "Auto-Submitted: auto-replied"),
        (["Auto-Submitted: Auto-Generated; type=x"], "Auto-Submitted: auto-generated; type=x"),
        (["Precedence: Bulk"], "Precedence: bulk"),
        (["Precedence: auto_reply"], "Precedence: auto_reply"),
        (["List-Unsubscribe: <https://x.test>"], "List-Unsubscribe"),
        (["X-Autoreply: yes"], "X-Autoreply"),
        (["X-Autorespond: Ani"], "X-Autorespond"),
        (["Return-Path: <>"], "Return-Path: <>"),
        (["From: MAILER-DAEMON@example.net"], "From: mailer-daemon@example.net"),
        (["Subject: Balasan otomatis: x", "X-Auto-Response-Suppress: All"], "Subject: Balasan otomatis"),
        (["From: no-reply@example.net", "Subject: Automatic reply: x"], "Subject: Automatic reply"),
        (["From: KELUHAN@rs.example.org"], "From: keluhan@rs.example.org"),
        (["X-Loop: tanggap-7f3a"], "X-Loop: tanggap-7f3a"),
        (["Message-ID: <a.b@NOTICE.rs.example.org>"], "Message-ID: @notice.rs.example.org"),
    ],
)  # fmt: skip
def test_signs_of_a_machine(fields: list[str], reason: str) -> None:
    mail = read(*fields)
    assert (mail.nature, mail.nature_reason) == (Nature.AUTOMATIC, reason)


@pytest.mark.parametrize(
    "fields",
    [
        ["Auto-Submitted: no"],
        ["Precedence: first-class"],
        ["X-Auto-Response-Suppress: DR, OOF, AutoReply"],  # Outlook, on what people write
        ["Subject: Balasan otomatis dari RS tidak membantu"],
        ["Subject: dokter sedang cuti, tidak ada pengganti"],
        ["From: noreply@rs.example.net", "Subject: Formulir situs", "Reply-To: ani@example.net"],
        ["From: postmaster@desa.example.org"],
        ["From: Mailer <mailer@example.net>"],
        ["Return-Path: <ani@example.net>"],
        ["X-Loop: orang-lain"],
        ["In-Reply-To: <a.b@notice.rs.example.org>"],  # our own, answered
        _GROUP,
        ["Subject: Undelivered Mail Returned to Sender"],
    ],
)
def test_people(fields: list[str]) -> None:
    mail = read(*fields)
    assert (mail.nature, mail.nature_reason) == (Nature.PERSON, "")


def report(*blocks: str, fields: str = "Return-Path: <>", kind: str = "report") -> Bounce | None:
    """What is read out of a standard report with these blocks of recipients."""
    raw = (
        f"From: MAILER-DAEMON@x.test\n{fields}\nContent-Type: multipart/{kind}; boundary=b;\n"
        " report-type=delivery-status\n\n--b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; x.test\n\n" + "\n\n".join(blocks) + "\n--b--\n"
    )
    return read_mail(raw.encode()).bounce


def test_of_several_recipients_the_one_not_reached() -> None:
    found = report(
        "Final-Recipient: rfc822; a@x.test\nAction: delivered\nStatus: 2.0.0",
        "Final-Recipient: rfc822; b@x.test\nAction: delayed\nStatus: 4.0.0",
        "Final-Recipient: rfc822; C@x.test\nAction: failed\nStatus: 5.1.1 (bad mailbox)",
    )
    assert found == Bounce("c@x.test", "5.1.1", True, "5.1.1 (bad mailbox)", "")


def test_the_address_we_wrote_to_counts() -> None:
    found = report(
        "Original-Recipient: rfc822;<ani@example.net>\nFinal-Recipient: rfc822;x@y.test\nAction: failed"
    )
    assert found is not None
    assert found.recipient == "ani@example.net"


@pytest.mark.parametrize(
    ("block", "status", "is_permanent"),
    [
        ("Action: failed\nStatus: 5.1.1", "5.1.1", True),
        ("Action: FAILED\nStatus: 5.2.2", "5.2.2", False),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 no such user", "5.1.1", True),
        ("Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 552 mailbox is full", "5.0.0", False),
        ("Action: failed\nStatus: 4.4.1", "4.4.1", False),  # gave up on a server that was away
        ("Action: delayed\nStatus: 5.1.1", "5.1.1", False),
        ("Action: failed", "", False),
        ("Action: failed\nStatus: rusak", "", False),
    ],
)  # fmt: skip
def test_what_is_permanent(block: str, status: str, is_permanent: bool) -> None:
    found = report(f"Final-Recipient: rfc822; a@x.test\n{block}")
    assert found is not None
    assert (found.status, found.is_permanent) == (status, is_permanent)


def test_reports_that_are_none() -> None:
    block = "Final-Recipient: rfc822; a@x.test\nAction: relayed\nStatus: 2.0.0"
    assert report(block) is None
    assert report("Halo") is None
    assert report() is None
    failed = "Final-Recipient: rfc822; a@x.test\nAction: failed\nStatus: 5.1.1"
    assert report(failed, kind="mixed") is not None
    raw = b"From: ani@example.net\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
    part = b"Content-Type: message/delivery-status\n\n"
    # Attached by a person
    assert read_mail(raw + part + failed.encode() + b"\n--b--").bounce is None


@pytest.mark.parametrize(
    ("subject", "body", "told"),
    [
        ("Pengiriman gagal", "Surat tidak dapat dikirim ke a@x.test: 550 5.1.1 tidak dikenal",
         ("a@x.test", "5.1.1", True)),
        ("Undeliverable", "Sorry, a@x.test [192.0.2.5] said: 554 rejected", ("a@x.test", "5.0.0", True)),
        ("Undeliverable", "a@x.test is over quota, 552 5.7.9 sorry", ("a@x.test", "5.7.9", False)),
        ("Warning: message delayed 4 hours", "a@x.test 451 4.4.1 try again", ("a@x.test", "4.4.1", False)),
        ("Returned mail", "----- permanent fatal errors -----\n<a@x.test>\n(reason: 550 User unknown)",
         ("a@x.test", "5.0.0", True)),
    ],
)  # fmt: skip
def test_reports_in_plain_words(subject: str, body: str, told: tuple[str, str, bool]) -> None:
    mail = read("From: postmaster@x.test", f"Subject: {subject}", body=body)
    assert mail.bounce is not None
    assert (mail.bounce.recipient, mail.bounce.status, mail.bounce.is_permanent) == told


def test_a_server_that_reports_nothing_is_only_a_machine() -> None:
    mail = read("From: MAILER-DAEMON@x.test", "Subject: Statistik harian", body="12 surat")
    assert (mail.nature, mail.bounce) == (Nature.AUTOMATIC, None)
