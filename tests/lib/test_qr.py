"""QR codes: readable aloud, clean under a strict CSP, and well-formed XML whatever they say."""

import re
from xml.dom.minidom import Element, parseString

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.lib.qr import qr_svg

LINK = "https://aduan.contoh.example/lacak/KLH-26-00042-7"


def parsed(svg: str) -> Element:
    return parseString(svg).documentElement  # noqa: S318 - drawn by ourselves a moment ago


def inside(root: Element, tag: str) -> str:
    return "".join(node.data for node in root.getElementsByTagName(tag)[0].childNodes)


def test_it_says_what_it_is() -> None:
    root = parsed(qr_svg(LINK, title="Kode QR", description=f"Membuka {LINK}"))
    assert root.getAttribute("role") == "img"
    assert root.getAttribute("aria-label") == "Kode QR"
    assert inside(root, "title") == "Kode QR"
    assert inside(root, "desc") == f"Membuka {LINK}"


def test_a_strict_policy_has_nothing_to_block() -> None:
    svg = qr_svg(LINK, title="Kode QR")
    assert "style" not in svg
    assert "<script" not in svg
    assert not re.search(r"\son\w+=|href=", svg)
    assert "width=" not in svg.split(">")[0]  # its box decides the size


def test_the_same_link_is_the_same_picture() -> None:
    assert qr_svg(LINK, title="a") == qr_svg(LINK, title="a")
    assert qr_svg(LINK, title="a") != qr_svg(LINK + "8", title="a")


@given(
    text=st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1)
)
def test_any_words_stay_words(text: str) -> None:
    root = parsed(qr_svg(LINK, title=text, description=text))
    assert inside(root, "title") == text
    assert root.getAttribute("aria-label") == text


@pytest.mark.parametrize("text", ["", "x" * 4000])
def test_what_fits_no_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="needs something|too large"):
        qr_svg(text, title="Kode QR")
