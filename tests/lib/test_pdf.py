"""PDFs: tagged, the same bytes each time, and blind to everything that is not ours."""

import io
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from helpdesk.lib.pdf import STATIC, is_own, render_pdf

AT = datetime(2026, 11, 20, 3, 20, tzinfo=UTC)
BODY = """<h1>Tanda terima</h1><p>Keluhan diterima.</p>
<table><tr><th scope="col">Unit</th></tr><tr><td>Farmasi</td></tr></table>"""


def pdf_of(body: str, title: str = "Tanda terima KLH-26-00042-7", lang: str = "id") -> bytes:
    return render_pdf(body, title=title, lang=lang, stylesheets=["css/paper.css"], created_at=AT)


def test_it_is_tagged_and_says_language_and_title() -> None:
    reader = PdfReader(io.BytesIO(pdf_of(BODY)))
    root = reader.root_object
    assert root["/Lang"] == "id"
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert reader.metadata is not None
    assert reader.metadata.title == "Tanda terima KLH-26-00042-7"
    assert reader.metadata.creation_date == AT
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    assert "Keluhan diterima." in reader.pages[0].extract_text()


def test_a_title_is_words_not_markup() -> None:
    reader = PdfReader(io.BytesIO(pdf_of("<p>x</p>", title="A </title><h1> & B", lang="en")))
    assert reader.metadata is not None
    assert reader.metadata.title == "A </title><h1> & B"
    assert reader.root_object["/Lang"] == "en"


def test_the_same_document_is_the_same_bytes() -> None:
    assert pdf_of(BODY) == pdf_of(BODY)


def test_margins_use_the_typeface_of_the_page() -> None:
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in PdfReader(io.BytesIO(pdf_of(BODY))).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert fonts
    assert not [name for name in fonts if "Serif" in name]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        STATIC.as_uri() + "/../config.py",
        STATIC.as_uri() + "/%2e%2e/config.py",
        STATIC.as_uri() + "-other/logo.svg",
        "file://host" + str(STATIC) + "/css/paper.css",
        "http://169.254.169.254/latest/meta-data",
        "https://example.com/logo.png",
        "ftp://example.com/logo.png",
        "javascript:alert(1)",
        "",
    ],
)
def test_foreign_addresses_are_not_ours(url: str) -> None:
    assert not is_own(url)


def test_our_files_and_data_are_ours() -> None:
    assert is_own(STATIC.as_uri() + "/css/paper.css")
    assert is_own("data:image/png;base64,AAAA")


def test_a_link_out_of_static_is_foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside, outside = tmp_path / "static", tmp_path / "secret.txt"
    inside.mkdir()
    outside.write_text("rahasia")
    (inside / "logo.svg").symlink_to(outside)
    monkeypatch.setattr("helpdesk.lib.pdf.STATIC", inside)
    assert not is_own((inside / "logo.svg").as_uri())


def test_a_foreign_picture_stays_empty_and_the_letter_appears(tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>rahasia</text></svg>')
    pdf = pdf_of(f'<img src="{secret.as_uri()}" alt="logo"><p>Isi surat</p>')
    text = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert "Isi surat" in text
    assert "rahasia" not in text


def test_nobody_pays_for_the_engine_before_printing() -> None:
    seen = "import sys, helpdesk.lib.pdf; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", seen], check=False).returncode == 0
