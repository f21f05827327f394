"""What the headers say, and what they try to make believe."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from helpdesk.lib.mail import headers
from helpdesk.lib.mail.checks import read_checks
from helpdesk.lib.mail.defects import Defect
from helpdesk.lib.mail.message import Checks
from helpdesk.lib.mail.reading import read_mail


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ("Ani@Example.NET", "", "ani@example.net"),
        ("Ani Wijaya <ani@example.net>", "Ani Wijaya", "ani@example.net"),
        ('"Budi, S.Kom" <b@example.org>', "Budi, S.Kom", "b@example.org"),
        ("ani@example.net (Ibu Ani)", "", "ani@example.net"),
        ("=?utf-8?Q?Siti_=E2=80=93_R?= <s@example.org>", "Siti – R", "s@example.org"),
        ('"=?utf-8?B?U2l0aQ==?=" <s@example.org>', "Siti", "s@example.org"),
        ("<@a.test,@b.test:c@d.test>", "", "c@d.test"),
        ('"Budi <b@example.org>', "Budi", "b@example.org"),
        # what a server checks stands in the angle brackets; the rest is decoration
        ("boss@rs.example.org <thief@evil.test>", "boss@rs.example.org", "thief@evil.test"),
        ('"boss@rs.example.org" <thief@evil.test>', "boss@rs.example.org", "thief@evil.test"),
        ("=?utf-8?Q?=3Cboss@rs.example.org=3E?= <thief@evil.test>", "<boss@rs.example.org>", "thief@evil.test"),
        ("Budi Santoso", "Budi Santoso", ""),
        ("Budi <bukan alamat>", "Budi", ""),
        ("Budi <>", "Budi", ""),
        ("Kaf\udcc3\udca9 <k@example.org>", "Kafé", "k@example.org"),
        ("Kaf\udce9 <k@example.org>", "Kafé", "k@example.org"),
    ],
)  # fmt: skip
def test_an_address(value: str, name: str, address: str) -> None:
    assert [(one.name, one.address) for one in headers.addresses([value])] == [(name, address)]


def test_lists_of_addresses() -> None:
    lists = ["Grup: a@x.test, B <b@x.test>;", "undisclosed-recipients:;", "c@x.test,,a@x.test"]
    assert headers.readable(headers.addresses(lists)) == ("a@x.test", "b@x.test", "c@x.test")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Keluhan\r\n  AC mati", "Keluhan AC mati"),
        ("=?utf-8?Q?a=E2=80?= =?utf-8?Q?=93b?=", "a–b"),  # one letter, cut in two
        ("=?utf-8?Q?Kenapa??=", "Kenapa?"),
        ("=?x-tidak-ada?Q?=E9?=", "é"),
        ("=?utf-8*id?Q?halo?= dunia", "halo dunia"),
        ("=?utf-8?B?SGFsby?=", "Halo"),  # without padding
        ("=?utf-8?B?!?=", ""),
        ("=?utf-8?Q?satu?=dua", "satudua"),
        ("=?utf-8?Q?=0D=0ABcc:_x@y.test?=", "Bcc: x@y.test"),  # a line end cannot be brought in
        ("=?idna?Q?xn--?=", "xn--"),
        ("\u202egpj.exe", "gpj.exe"),
    ],
)
def test_a_text(value: str, text: str) -> None:
    assert headers.text_of(value) == text


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("<a@b.test>", ("<a@b.test>",)),
        ("<>", ()),
        ("", ()),
        ("a@b.test", ("<a@b.test>",)),
        ("<a@b.test>\r\n\t<c@d.test> <a@b.test>", ("<a@b.test>", "<c@d.test>")),
        ('Your message of "Fri" <a@b.test>', ("<a@b.test>",)),
        ("<" + "x" * 300 + "@y>", ()),
    ],
)
def test_message_ids(value: str, ids: tuple[str, ...]) -> None:
    assert headers.message_ids([value]) == ids


@pytest.mark.parametrize(
    ("value", "sent_at", "defect"),
    [
        ("Fri, 20 Nov 2026 10:20:00 +0700", datetime(2026, 11, 20, 3, 20, tzinfo=UTC), None),
        ("Fri, 20 Nov 2026 03:20:00 GMT", datetime(2026, 11, 20, 3, 20, tzinfo=UTC), None),
        ("Fri, 20 Nov 2026 03:20:00", datetime(2026, 11, 20, 3, 20, tzinfo=UTC), None),
        ("Thu, 01 Jan 1970 00:00:00 +0000", None, Defect.DATE_ABSURD),
        ("Fri, 20 Nov 2090 10:20:00 +0700", None, Defect.DATE_ABSURD),
        ("Fri, 31 Feb 2026 10:20:00 +0700", None, Defect.DATE_UNREADABLE),
        ("Fri, 20 Nov 2026 10:20:00 +9999999", None, Defect.DATE_UNREADABLE),
        ("Fri, 20 Nov 99999999999 10:20:00 +0700", None, Defect.DATE_UNREADABLE),
        ("kemarin sore", None, Defect.DATE_UNREADABLE),
    ],
)
@time_machine.travel(datetime(2026, 11, 21, tzinfo=UTC), tick=False)
def test_a_date(value: str, sent_at: datetime | None, defect: Defect | None) -> None:
    defects: set[Defect] = set()
    assert headers.moment(value, defects) == sent_at
    assert defects == ({defect} if defect else set())


@pytest.mark.parametrize(
    ("headers_sent", "is_certain"),
    [
        (b"From: a@x.test\n", True),
        (b"From: a@x.test, a@x.test\n", True),
        (b"From: a@x.test\nFrom: b@x.test\n", False),
        (b"From: a@x.test, b@x.test\n", False),
        (b"From: <a@x.test> <b@x.test>\n", False),
        (b"From: siapa\n", False),
        (b"Sender: a@x.test\n", False),
    ],
)
def test_whether_the_sender_is_certain(headers_sent: bytes, is_certain: bool) -> None:
    assert read_mail(headers_sent + b"\nisi").has_certain_sender is is_certain


# --- Authentication-Results ---------------------------------------------------------------------------

OURS = "mx.rs.example.org"


@pytest.mark.parametrize(
    ("values", "checks"),
    [
        ([], Checks()),
        ([f"{OURS}; none"], Checks()),
        ([f"{OURS}; spf=pass smtp.mailfrom=a.test; dkim=pass; dmarc=pass"], Checks("pass", "pass", "pass")),
        ([f"{OURS.upper()} 1 ; dmarc/1 = fail (p=reject)"], Checks(dmarc="fail")),
        ([f'"{OURS}"; spf=hardfail'], Checks(spf="fail")),
        # written by others, on top or below
        (["evil.test; dmarc=pass", f"{OURS}; dmarc=fail"], Checks(dmarc="fail")),
        ([f"{OURS}; dmarc=fail", f"{OURS}; dmarc=pass; spf=pass"], Checks(dmarc="fail")),
        ([f"{OURS}.evil.test; dmarc=pass"], Checks()),
        # hidden in what the sender chose himself
        ([f'{OURS}; spf=fail smtp.mailfrom="a; dmarc=pass"@x.test'], Checks(spf="fail")),
        ([f"{OURS} (a (b) ; dmarc=pass) ; dkim=none (; dkim=pass)"], Checks()),
        # several signatures, several identities
        ([f"{OURS}; dkim=fail header.d=a.test; dkim=pass header.d=b.test"], Checks(dkim="pass")),
        ([f"{OURS}; spf=pass smtp.helo=a.test; spf=fail smtp.mailfrom=b.test"], Checks(spf="fail")),
        ([f"{OURS}; spf"], Checks()),
        ([";" * 9_000], Checks()),
    ],
)  # fmt: skip
def test_checks(values: list[str], checks: Checks) -> None:
    assert read_checks(values, OURS) == checks


def test_without_a_configured_server_nothing_is_believed() -> None:
    assert read_checks([f"{OURS}; dmarc=pass", "; dmarc=pass"], "") == Checks()


def test_a_pass_is_about_one_sender() -> None:
    result = f"Authentication-Results: {OURS}; dmarc=pass\n".encode()
    one, two = (
        read_mail(result + b"From: a@x.test\n" + more + b"\nisi", authserv_id=OURS)
        for more in (b"", b"From: b@x.test\n")
    )
    assert one.checks.has_passed
    assert not two.checks.has_passed


@pytest.mark.parametrize(
    ("checks", "has_passed", "has_failed"),
    [
        (Checks(), False, False),
        (Checks("pass", "pass", "pass"), True, False),
        (Checks("fail", "fail", "pass"), True, False),
        (Checks("pass", "pass", "fail"), False, True),
        (Checks("fail", "none", "none"), False, True),
        (Checks("fail", "pass", "none"), False, False),  # forwarded
        (Checks("pass", "fail", "none"), False, False),  # through a list
        (Checks("none", "fail", "none"), False, True),
        (Checks("softfail", "none", "none"), False, False),
        (Checks("fail", "none", "temperror"), False, True),
    ],
)
def test_what_the_checks_mean(checks: Checks, has_passed: bool, has_failed: bool) -> None:
    assert (checks.has_passed, checks.has_failed) == (has_passed, has_failed)
