"""The text, the HTML and the files of a mail, out of the tree of its parts."""

from __future__ import annotations

import html
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from helpdesk.lib.mail import charsets, headers, structure
from helpdesk.lib.mail.cms import signed_content
from helpdesk.lib.mail.defects import Defect
from helpdesk.lib.mail.encodings import unpacked
from helpdesk.lib.mail.files import Cabinet, name_of
from helpdesk.lib.mail.flowed import unflowed
from helpdesk.lib.mail.html_text import text_of_html
from helpdesk.lib.mail.message import MailLimits
from helpdesk.lib.mail.structure import MAX_DEPTH, Part
from helpdesk.lib.mail.winmail import Unreadable, read_winmail

_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_UNREAD = frozenset({"text/x-amp-html", "text/watch-html"})  # the same words for other programs
_ATTACHED_MESSAGES = frozenset({"message/rfc822", "message/global"})


@dataclass(frozen=True)
class Words:
    """What part of a mail says: plainly, in HTML, or as both."""

    plain: str = ""
    html: str = ""

    @cached_property
    def text(self) -> str:
        """The plain words; those of the HTML where the plain ones are left empty."""
        return self.plain if self.plain.strip() else charsets.cleaned(text_of_html(self.html))

    @property
    def markup(self) -> str:
        """HTML in any case."""
        if self.html:
            return self.html
        return (
            f"<div>{html.escape(self.plain).replace(chr(10), '<br>')}</div>" if self.plain else ""
        )


@dataclass
class Contents:
    """What was gathered. ``words.html`` is as it was sent: not yet sanitised."""

    words: Words
    cabinet: Cabinet
    defects: set[Defect] = field(default_factory=set)


def gather(root: Part, limits: MailLimits) -> Contents:
    """Everything in the mail that people read or save."""
    reading = _Reading(limits)
    words = reading.words_of(root, is_whole=True)
    if reading.cabinet.surplus:
        reading.defects.add(Defect.FILES_LEFT_OUT)
    if reading.has_winmail and not words.text.strip():
        reading.defects.add(Defect.WINMAIL_ALONE)
    if "-----BEGIN PGP MESSAGE-----" in words.plain[:5_000]:
        reading.defects.add(Defect.ENCRYPTED)
    return Contents(words, reading.cabinet, reading.defects)


class _Reading:
    """One walk through the tree; parts within a part are at most ``MAX_DEPTH`` deep."""

    def __init__(self, limits: MailLimits) -> None:
        self.cabinet = Cabinet(limits)
        self.defects: set[Defect] = set()
        self.has_winmail = False
        self._limits = limits

    def words_of(self, part: Part, *, is_whole: bool = False) -> Words:
        """What *part* says; its files go into the cabinet. *is_whole*: it is the mail itself."""
        if part.children:
            return self._of_container(part)
        kind = part.media_type
        if kind in _SMIME:
            return self._of_smime(part)
        if self._is_text(part, is_whole=is_whole):
            return self._of_text(part)
        if kind in _UNREAD:
            return Words()
        if kind in _SIGNATURES:
            self.defects.add(Defect.SIGNATURE_NOT_CHECKED)
        elif kind == "application/ms-tnef" or name_of(part).lower() == "winmail.dat":
            return self._of_winmail(part)
        else:
            self._keep(part)
        return Words()

    def _of_container(self, part: Part) -> Words:
        match part.media_type:
            case "multipart/alternative":
                return _best([self.words_of(child) for child in part.children])
            case "multipart/encrypted":
                self.defects.add(Defect.ENCRYPTED)
        return _strung([self.words_of(child) for child in part.children])

    def _is_text(self, part: Part, *, is_whole: bool) -> bool:
        """A text without a name is read; one with a name, or attached, is a file (unless there is
        nothing else). A multipart that has no parts is read, too."""
        if part.media_type.startswith("multipart/"):
            return part.depth < MAX_DEPTH
        if part.media_type not in ("text/plain", "text/html"):
            return False
        disposition, _ = part.disposition
        is_file = disposition == "attachment" or bool(name_of(part))
        return not is_file or (is_whole and disposition != "attachment")

    def _of_text(self, part: Part) -> Words:
        content = self._unpacked(part)
        if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
            self.defects.add(Defect.NUL_REMOVED)
        is_html = part.media_type == "text/html"
        charset = part.parameters.get("charset", "")
        if is_html and not charset:
            charset = charsets.charset_of_html(content)
        text = charsets.cleaned(charsets.decoded(content, charset, self.defects))
        if is_html:
            most = self._limits.html_characters
            if len(text) > most:
                self.defects.add(Defect.HTML_CUT)
            return Words(html=text[:most])
        if part.parameters.get("format", "").lower() == "flowed":
            text = unflowed(text, drops_space=part.parameters.get("delsp", "").lower() == "yes")
        return Words(plain=text)

    def _of_smime(self, part: Part) -> Words:
        inside = signed_content(self._unpacked(part))
        if inside is None or part.depth >= MAX_DEPTH:
            self.defects.add(Defect.ENCRYPTED)
            self._keep(part)
            return Words()
        self.defects.add(Defect.SIGNATURE_NOT_CHECKED)
        root, defects = structure.parse(inside, depth=part.depth + 1)
        self.defects |= defects
        return self.words_of(root)

    def _of_winmail(self, part: Part) -> Words:
        """Outlook's own wrapping of files; the text stands in a plain part beside it."""
        content = self._unpacked(part)
        try:
            files = read_winmail(content)
        except Unreadable:
            self.defects.add(Defect.WINMAIL_UNREADABLE)
            self._keep(part)
            return Words()
        self.has_winmail = True
        for file in files:
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            self.cabinet.add(file.content, name=file.name, media_type=kind)
        if not files:
            self._keep(part)
        return Words()

    def _keep(self, part: Part) -> None:
        if part.media_type in ("message/partial", "message/external-body"):
            self.defects.add(Defect.ELSEWHERE)
        content = self._unpacked(part)
        name = name_of(part) or _subject_within(part, content)
        self.cabinet.add(content, name=name, media_type=part.media_type)

    def _unpacked(self, part: Part) -> bytes:
        encoding = headers.first(part.fields, "content-transfer-encoding")
        return unpacked(part.body, encoding, self.defects)


def _best(versions: Sequence[Words]) -> Words:
    """Of versions of the same words, the first plain and the last rich one that say anything."""
    plain = [version.plain for version in versions if version.plain.strip()]
    rich = [version.html for version in versions if version.html.strip()]
    return Words(plain[0] if plain else "", rich[-1] if rich else "")


def _strung(pieces: Sequence[Words]) -> Words:
    """Pieces that follow each other, as Apple's programs write text around a picture."""
    speaking = [piece for piece in pieces if piece.plain.strip() or piece.html.strip()]
    if len(speaking) < 2:
        return speaking[0] if speaking else Words()
    plain = "\n\n".join(piece.text.strip("\n") for piece in speaking)
    is_rich = any(piece.html for piece in speaking)
    return Words(plain, "<hr>".join(piece.markup for piece in speaking) if is_rich else "")


def _subject_within(part: Part, content: bytes) -> str:
    """The name of an attached message: its subject."""
    if part.media_type not in _ATTACHED_MESSAGES:
        return ""
    inner, _ = structure.parse(content[: structure.MAX_HEADER])
    subject = headers.text_of(headers.first(inner.fields, "subject"), 80)
    return f"{subject.replace('/', '-')}.eml" if subject else ""
