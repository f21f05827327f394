"""The receipt on a roll: as narrow as the paper, as long as what it says, and complete."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from pypdf import PdfReader

from helpdesk.letters.drawing import Paper, draw
from tests.letters.samples import receipt
from tests.letters.test_paper import letter_of, pages_of

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture(autouse=True)
def _in_app(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def drawn(text: str = "Antre lama.") -> bytes:
    letter = letter_of(replace(receipt(), description=text))
    return draw(letter, pin="481920", link="https://x.example/k/A", paper=Paper.ROLL)


def height_of(pdf: bytes) -> float:
    """Of its only page, in mm; checks its width."""
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    assert round(float(page.mediabox.width) / 72 * 25.4) == 80
    return float(page.mediabox.height) / 72 * 25.4


def test_it_is_as_long_as_what_it_says() -> None:
    short, long = height_of(drawn()), height_of(drawn("Kami menunggu lama sekali. " * 40))
    assert 150 < short < 400
    assert long > short + 40


def test_it_says_what_the_law_asks_for() -> None:
    (words,) = pages_of(drawn())
    for fact in ("KLH-26-00159-7", "481920", "Ratna Dewi", "Antre lama.", "Rina Oktavia", "137"):
        assert fact in words
