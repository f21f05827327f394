"""Mails broken in every way: each gets exactly one fate, no fault is met, and not a byte is lost."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk.intake.inbound import Fate
from helpdesk.intake.inbox import raw_of
from helpdesk.intake.understanding import understand
from helpdesk.tickets.ticket import Ticket
from tests.intake.mailing import arrive, compose, deposit, how_many, receipt_id, row_of
from tests.support.cast import Cast
from tests.support.files import jpeg

WIRE = Path(__file__).parent.parent / "wire" / "mail"
PIECES = (
    b"\x00", b"\xff\xfe", b"\r\n\r\n", b"From: x@y.example\r\n", b"--b--\r\n", b"=?utf-8?B?!!!?=",
    b'Content-Type: multipart/mixed; boundary="b"\r\n', b"Content-Transfer-Encoding: base64\r\n",
    b"Message-ID: <\xc3\xa9@x>\r\n", b"Subject: KLH-26-00001-0\r\n", b"<script>alert(1)</script>",
    b"Date: Thu, 99 Foo 99999\r\n", b"A" * 2_000, b"In-Reply-To: <t.aaaaaaaaaaaaaaaaaaaaaaaa@x>\r\n",
)  # fmt: skip


def on_the_wire() -> list[Path]:
    """Whole mails as clients write them."""
    return sorted(WIRE.rglob("*.eml"))


def _seeds() -> Iterator[bytes]:
    yield compose("Halo.", files=[("foto.jpg", jpeg())], html="<p>Halo <b>dunia</b></p>")
    yield compose("", subject="")
    yield compose(sender="")
    yield compose(Auto_Submitted="auto-replied")
    yield from (path.read_bytes() for path in on_the_wire()[::7] if path.stat().st_size < 50_000)


SEEDS = list(_seeds())


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """One of the seeds, cut, spliced, repeated, or with rubbish put in."""
    raw = bytearray(draw(st.sampled_from(SEEDS)))
    dice = random.Random(draw(st.integers(0, 2**32)))
    for _blow in range(draw(st.integers(1, 6))):
        at = dice.randrange(len(raw) + 1)
        match dice.randrange(4):
            case 0:
                del raw[at : at + dice.randrange(1, 200)]
            case 1:
                raw[at:at] = dice.choice(PIECES)
            case 2:
                raw[at:at] = raw[at : at + dice.randrange(1, 400)]
            case _:
                raw[at:at] = dice.randbytes(dice.randrange(1, 40))
    return bytes(raw)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=mutated())
def test_whatever_comes_has_one_fate_and_loses_nothing(cast: Cast, raw: bytes) -> None:
    before = how_many(Ticket)
    row_id = deposit(raw)
    fate = understand(row_id)
    row = row_of(row_id)
    assert fate is not None, row.error
    assert (row.fate, row.error, row.look_at, row.attempts) == (fate, "", None, 0)
    assert raw_of(row) == raw
    opened = how_many(Ticket) - before
    assert opened == (1 if fate is Fate.OPENED else 0)
    assert understand(row_id) is fate
    assert how_many(Ticket) - before == opened


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("path", on_the_wire(), ids=lambda path: path.stem)
def test_every_mail_on_the_wire_has_a_fate(cast: Cast, path: Path) -> None:
    row = arrive(path.read_bytes())
    assert row.fate in set(Fate)
    assert (row.error, row.attempts) == ("", 0)


def test_an_answer_broken_anywhere_never_speaks_for_the_complainant_by_accident(cast: Cast) -> None:
    """Cut one at every place: it is on its ticket, or stands alone, or waits; and never on another's."""
    opened = arrive(compose())
    other = arrive(compose("Lain.", sender="Lain <lain@example.net>", subject="Lain"))
    whole = compose("Belum beres.", answers=receipt_id(opened.ticket_id))
    for cut in range(0, len(whole), 23):
        row = arrive(whole[:cut])
        assert row.fate in set(Fate)
        assert row.ticket_id != other.ticket_id
