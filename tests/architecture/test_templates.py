"""Templates keep to the content security policy, and trust nothing that a person typed."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from jinja2 import Environment, TemplateSyntaxError

from config import ROOT
from tests.architecture.source import dotted, product, templates

# Where text that is no literal is trusted as HTML, how often, and why that is safe. A new line is looked at twice.
TRUSTED = {
    "helpdesk/lib/charts.py": (
        6,
        "shapes written in the file itself; every word goes through format()",
    ),
    "helpdesk/lib/pdf.py": (1, "a page that Jinja has rendered, escaping"),
    "helpdesk/web/drawn_once.py": (1, "what macros gave, one after the other: each is markup"),
    "helpdesk/web/locale.py": (
        3,
        "sentences of our own catalogue; each value is escaped as it goes in",
    ),
    "templates/staff/mail_html.html": (
        1,
        "a stranger's HTML: sanitised by lib.mail.safe_html, and alone in a frame that runs nothing",
    ),
    "templates/simulator/mailbox.html": (
        1,
        "the demo's own mail, sanitised by lib.mail.safe_html, on a page of the simulator",
    ),
    "helpdesk/lib/qr.py": (1, "an SVG drawn by segno, which escapes title and description"),
}

_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "a script in the page": re.compile(r"<script(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
}
STYLE_ELEMENT = re.compile(r"<style", re.IGNORECASE)
_TRUST = re.compile(r"\|\s*safe\b|\bMarkup\b|autoescape\s+false")


def test_every_template_parses() -> None:
    """Also the branches no test has rendered yet; and the collection of sentences stops at the first fault."""
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    wrong = []
    for file in templates():
        try:
            environment.parse(file.read_text(encoding="utf-8"))
        except TemplateSyntaxError as error:
            wrong.append(f"{file.relative_to(ROOT)}:{error.lineno}: {error.message}")
    assert not wrong, "\n".join(wrong)


def _pages() -> list[Path]:
    return [file for file in templates() if file.suffix in {".html", ".svg", ".xml"}]


def faults_in(text: str, *, is_letter: bool = False, is_mail: bool = False) -> list[str]:
    """What a policy without 'unsafe-inline' would refuse. Letters become PDF, where <style> is how it is done.

    Mail programmes heed little but style attributes; where we show such a mail, it is in a frame without rights.
    """
    markup = _JINJA.sub("x", text)
    found = [name for name, pattern in FORBIDDEN.items() if pattern.search(markup)]
    if is_mail and "an inline style" in found:
        found.remove("an inline style")
    if STYLE_ELEMENT.search(markup) and not (is_letter or is_mail):
        found.append("a style element")
    return found


def test_nothing_the_policy_refuses() -> None:
    wrong = [
        f"{file.relative_to(ROOT)}: {fault}"
        for file in _pages()
        for fault in faults_in(
            file.read_text(encoding="utf-8"),
            is_letter="letters" in file.relative_to(ROOT).parts,
            is_mail=file.relative_to(ROOT).parts[:2] == ("templates", "messages"),
        )
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('<p style="color: red">', 1),
        ("<a onclick='x()'>", 1),
        ("<script>1</script>", 1),
        ('<script type="module" src="{{ asset("a.js") }}"></script>', 0),
        ('{{ field(form.x, only="text") }}', 0),
        ("<style>p {}</style>", 1),
    ],
)
def test_the_law_sees(text: str, count: int) -> None:
    assert len(faults_in(text)) == count


def test_trusted_text_is_listed() -> None:
    found = {
        str(file.relative_to(ROOT)): count
        for file in templates()
        if (count := len(_TRUST.findall(file.read_text(encoding="utf-8", errors="replace"))))
    }
    for source in product():
        if count := sum(_trusts(call) for call in source.calls()):
            found[source.path] = count
    assert found == {path: count for path, (count, _) in TRUSTED.items()}


def _trusts(call: ast.Call) -> bool:
    """Markup of a literal is only HTML written in Python; of anything else, it is trust."""
    return dotted(call.func).split(".")[-1] == "Markup" and not all(
        isinstance(argument, ast.Constant) for argument in call.args
    )


def test_no_escaping_is_switched_off_in_python() -> None:
    wrong = [
        source.where(node)
        for source in product()
        for node in source.nodes
        if isinstance(node, ast.keyword) and node.arg == "autoescape"
        if isinstance(node.value, ast.Constant) and node.value.value is False
    ]
    assert not wrong


IMPURE = re.compile(
    r"\b(request|session|g|now|link_to|csrf_token|current_user|organisation|url_for|switch_url|doors_open)\b"
)
_ONCE = re.compile(r"\bdrawn_(?:(?:once|each)\(|for\(.*? none, )(\w+)")
_MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\(.*?{%-?\s*endmacro", re.DOTALL)


def test_what_is_remembered_depends_on_nothing_but_its_arguments() -> None:
    """``drawn_once(macro, ...)`` gives again what it drew: what asks who reads, or when, would be shown to others."""
    texts = {file: file.read_text(encoding="utf-8") for file in templates()}
    once = {name for text in texts.values() for name in _ONCE.findall(text)}
    macros = {
        (file, match[1]): match[0]
        for file, text in texts.items()
        for match in _MACRO.finditer(text)
        if match[1] in once
    }
    assert {name for _file, name in macros} == once
    wrong = [
        f"{file.relative_to(ROOT)}: {name}"
        for (file, name), body in macros.items()
        if any(IMPURE.search(code) for code in re.findall(r"{[{%].*?[}%]}", body, re.DOTALL))
    ]
    assert not wrong, "\n".join(wrong)
