"""HTML of strangers: nothing acts, nothing loads, and no word is lost."""

from __future__ import annotations

import re

import pytest

from helpdesk.lib.mail.defects import Defect
from helpdesk.lib.mail.html_text import text_of_html
from helpdesk.lib.mail.message import MailLimits
from helpdesk.lib.mail.reading import read_mail
from helpdesk.lib.mail.safe_html import MAX_TAGS, sanitised

HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://evil.test/pixel.gif'>",
    "<img srcset='https://evil.test/a.png 2x' alt=a>",
    "<input type=image src=https://evil.test/a.png>",
    "<body background=https://evil.test/a.png onload=alert(1)>",
    "<table background='https://evil.test/a.png'><tr><td background='//evil.test/b'>x</td></tr></table>",
    "<p style='background:url(https://evil.test/a.png)'>x</p>",
    "<style>@import 'https://evil.test/a.css'</style>",
    "<link rel=stylesheet href=https://evil.test/a.css>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' java\tscript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt&colon;alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='/relative'>x</a>",
    "<iframe src=https://evil.test></iframe>",
    "<object data=https://evil.test></object><embed src=https://evil.test>",
    "<video poster=https://evil.test/a.png src=https://evil.test/a.mp4></video>",
    "<svg onload=alert(1)><image href=https://evil.test/a.png /><use href=https://evil.test/a.svg#x /></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<form action=https://evil.test><button formaction=javascript:alert(1)>x</button></form>",
    "<base href=https://evil.test/><meta http-equiv=refresh content='0;url=https://evil.test'>",
    "<!--[if mso]><img src=https://evil.test/a.png><![endif]-->",
    "<b onmouseover=alert(1) style=x>x</b>",
    "<b title='>' onmouseover=alert(1)>x</b>",
    "<img alt='<img src=x onerror=alert(1)>' src=y>",
]
_TAG = re.compile(r"<[a-z][^<>]*>")
_LOADS = re.compile(
    r"\b(?:src|srcset|style|background|poster|action|data|on[a-z]+)\s*=", re.IGNORECASE
)


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_acts_or_loads(source: str) -> None:
    for tag in _TAG.findall(sanitised(source, set())):
        bare = re.sub(r'"[^"]*"', '""', tag)  # what stands in an attribute's value is only read
        assert not _LOADS.search(bare)
        assert not re.match(
            r"<(?:script|style|iframe|object|embed|svg|math|form|meta|base|link|input)\b", tag
        )
        assert "javascript" not in tag.lower() or "href" not in tag


def test_what_may_stay() -> None:
    source = (
        '<p class="x">AC <b>mati</b> <a href="https://x.test/a" target="_top">foto</a></p>'
        '<img src="cid:foto1" alt="foto plafon.jpg"><table><tr><td colspan="2">1</td></tr></table>'
    )
    assert sanitised(source, set()) == (
        '<p>AC <b>mati</b> <a href="https://x.test/a" rel="noopener noreferrer nofollow">foto</a></p>'
        '<img alt="foto plafon.jpg"><table><tbody><tr><td colspan="2">1</td></tr></tbody></table>'
    )


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * (MAX_TAGS + 1) + "halo",
        "<a" * (MAX_TAGS + 1),
        "".join(f"<b id={number}>" for number in range(MAX_TAGS + 1)),
    ],
)
def test_what_would_take_minutes_is_not_tried(source: str) -> None:
    defects: set[Defect] = set()
    assert sanitised(source, defects) == ""
    assert defects == {Defect.HTML_TOO_COMPLEX}


def test_formatting_that_is_never_closed_does_not_multiply() -> None:
    """7,000 different ``<b>`` are reopened in each of 7,000 paragraphs: 49 million elements."""
    source = "".join(f"<b id={number}>" for number in range(7_000)) + "<p>x" * 7_000
    assert len(sanitised(source, set())) < 10 * len(source)


def test_too_complex_html_is_still_read() -> None:
    page = "<div>" * (MAX_TAGS + 1) + "AC ruang 305 mati"
    mail = read_mail(b"From: a@x.test\nContent-Type: text/html\n\n" + page.encode())
    assert (mail.text, mail.html) == ("AC ruang 305 mati", "")
    assert "html_too_complex" in mail.defects


def test_html_over_the_limit_is_cut_and_said() -> None:
    raw = b"From: a@x.test\nContent-Type: text/html\n\n<p>" + b"halo " * 100
    mail = read_mail(raw, limits=MailLimits(html_characters=50))
    assert "html_cut" in mail.defects
    assert mail.text.startswith("halo halo")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>satu<p>dua", "satu\n\ndua"),
        ("satu<br>dua<br><br>tiga", "satu\ndua\n\ntiga"),
        ("<div>satu</div><div>dua</div>", "satu\ndua"),
        ("<b>te</b>bal &amp; <i>miring</i>&nbsp;x", "tebal & miring x"),
        ("  banyak \n\n spasi\t", "banyak spasi"),
        ("<ul><li>a<li>b</ul>", "- a\n- b"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td><td></td></tr></table>", "1 | 2\n3"),
        ("halo<blockquote>lama<blockquote>tua</blockquote></blockquote>baru",
         "halo\n\n> lama\n>\n> > tua\n\nbaru"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<style>p{}</style><title>x</title><script>y</script>isi", "isi"),
        ("<!-- <p>tidak</p> -->ya<!---->", "ya"),
        ("3 < 5 dan 7 > 5", "3 < 5 dan 7 > 5"),
        ("belum selesai <a href='", "belum selesai <a href='"),
        ("<o:p>Word</o:p><![if !supportLists]>x<![endif]>", "Wordx"),
        ("&#0;&#x110000;&bogus;", "\ufffd\ufffd&bogus;"),
        ("</blockquote></blockquote>x", "x"),
        ("", ""),
        ("videonya <a class=x href='https://x.test/a?b&amp;c'>di sini</a> ya",
         "videonya di sini <https://x.test/a?b&c> ya"),
        ("<a href=https://x.test/>x.test</a> <a href='mailto:a@x.test'>surat</a>", "x.test surat"),
        ("<a href='javascript:x'>a</a> <a href=https://x.test>b<p>c</a>", "a b <https://x.test>\n\nc"),
    ],
)  # fmt: skip
def test_html_as_text(source: str, text: str) -> None:
    assert text_of_html(source) == text


def test_one_wide_cell_does_not_widen_all_rows() -> None:
    rows = (
        "<tr><td>"
        + "x " * 25_000
        + "</td><td>y</td></tr>"
        + "<tr><td>a</td><td>b</td></tr>" * 20_000
    )
    assert len(text_of_html(f"<table>{rows}</table>")) < len(rows)


def test_words_are_found_however_deep_they_stand() -> None:
    assert text_of_html("<div>" * 5_000 + "halo" + "</div>" * 5_000) == "halo"
    assert text_of_html("<blockquote>" * 5_000 + "halo").endswith("> halo")
