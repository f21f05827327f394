"""Indonesian is complete: every sentence of the product has its words in the catalogue.

English needs no catalogue, since the sentences in the source are English.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po

from config import ROOT
from tests.architecture.source import dotted, product

CATALOGUE = ROOT / "helpdesk" / "translations" / "id" / "LC_MESSAGES" / "messages.po"
# As in the Makefile's `messages`.
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    **parse_keywords(["_l", "lazy_gettext", "lazy_ngettext:1,2"]),
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@lru_cache
def wanted() -> dict[str | tuple[str, str], str]:
    """Every sentence in the source, with the first place it stands."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[str | tuple[str, str], str] = {}
    for path, line, message, _, context in extract_from_dir(
        ROOT, methods, options, KEYWORDS, directory_filter=_is_ours
    ):
        assert context is None, "a context would need a key of its own here"
        key = (message[0], message[1]) if isinstance(message, tuple) else message
        found.setdefault(key, f"{path}:{line}")
    return found


def _is_ours(folder: str) -> bool:
    tops = ("helpdesk", "templates")
    inside = str(folder).removeprefix(str(ROOT)).strip("/")
    return inside.split("/")[0] in tops


@lru_cache
def catalogue() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="id")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="id", abort_invalid=True)


def _words(message: Message | None) -> tuple[str, ...]:
    """The Indonesian words, () where any is missing or only guessed."""
    if message is None or message.fuzzy:
        return ()
    words = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return tuple(words) if all(words) else ()


def test_no_sentence_is_missing_in_indonesian() -> None:
    missing = [
        f"{place}: {key!r}"
        for key, place in wanted().items()
        if not _words(catalogue().get(key if isinstance(key, str) else key[0]))
    ]
    assert not missing, f"{len(missing)} sentences without Indonesian words:\n" + "\n".join(missing)


def test_no_sentence_hides_where_the_catalogue_does_not_look() -> None:
    """Inside an f-string a sentence is not found, and stays English."""
    keywords = {*KEYWORDS, "_"}
    hidden = [
        source.where(call)
        for source in product()
        for text in source.nodes
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and dotted(call.func) in keywords
    ]
    assert not hidden, "\n".join(hidden)


def test_placeholders_agree() -> None:
    """A plural may leave one out ("one file"), but no translation may ask for what the sentence does not give."""
    wrong = []
    for message in catalogue():
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        given = [set(_PLACEHOLDER.findall(text)) for text in ids]
        for text in _words(message):
            asked = set(_PLACEHOLDER.findall(text))
            if not asked <= set.union(*given) or (len(ids) == 1 and asked != given[0]):
                wrong.append(f"{ids[0]!r} → {text!r}")
    assert not wrong, "\n".join(wrong)


def test_mail_has_one_name_in_indonesian() -> None:
    said = [text for message in catalogue() for text in _words(message)]
    assert [text for text in said if re.search(r"\bsurel\b", text, re.IGNORECASE)] == []


def test_the_product_speaks() -> None:
    """A run that finds no sentence has looked in the wrong place."""
    assert wanted()
