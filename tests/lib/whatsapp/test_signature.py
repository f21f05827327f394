"""Only who knows the secret of our app can post."""

from __future__ import annotations

import pytest

from helpdesk.lib.whatsapp.signature import is_signed, signature_of

RAW = '{"teks": "Obat habis ‒ \\u263a"}'.encode()


def test_the_signature_of_the_documentation() -> None:
    """HMAC-SHA256, as https://datatracker.ietf.org/doc/html/rfc4231 has it (test case 2)."""
    told = signature_of(b"what do ya want for nothing?", "Jefe")
    assert told == "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_what_is_signed() -> None:
    assert is_signed(RAW, signature_of(RAW, "rahasia"), "rahasia")
    assert is_signed(b"", signature_of(b"", "rahasia"), "rahasia")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        signature_of(RAW, "lain"),
        signature_of(RAW + b" ", "rahasia"),
        signature_of(RAW, "rahasia").removeprefix("sha256="),
        signature_of(RAW, "rahasia").upper(),
        signature_of(RAW, "rahasia")[:-1],
        "sha1=" + "0" * 40,
        "sha256=é" + "0" * 63,
        "\ud800",
    ],
)
def test_what_is_not(header: str | None) -> None:
    assert not is_signed(RAW, header, "rahasia")


def test_without_a_secret_nothing_is() -> None:
    assert not is_signed(RAW, signature_of(RAW, ""), "")
