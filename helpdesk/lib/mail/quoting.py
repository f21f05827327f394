"""What is new in a mail: its text without the quoted earlier ones and without the signatures of phones.

Own, because the libraries know no Indonesian. Several ways of quoting are looked for; of the heads they
leave, the shortest that is not empty is taken. Lines marked with ``>`` are quotes wherever they stand, so
that an answer below or between them is kept. Nothing is lost: the caller keeps the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

DELIMITER = re.compile(r"##-\s.{1,200}\s-##")
"""The line our own mails begin with: ``##- Tulis balasan Anda di atas baris ini -##``."""

_MAX_LINE = 1_000  # what is longer is prose, whatever it begins with
_WRAPPED_OVER = 4  # lines over which a client may spread "On ... wrote:"

_MAX_CUTS = 20  # tried from the top; below so many empty heads nothing new is written

_QUOTED = re.compile(r"\s{0,3}>")
_BEGINS_WITH_DATE = re.compile(
    r"[\s*_]*+(?:-{2,10}\s*)?(?:(?:Pada|On|Tanggal)\s|\d{4}-\d{2}-\d{2}\s)", re.IGNORECASE
)
_BEGINS_WITH_NAME = re.compile(
    r"[^@]{0,120}@[^\s@]{1,200}\s.{0,20}\b(?:menulis|wrote)\b", re.IGNORECASE
)
_ENDS_ATTRIBUTION = re.compile(
    r"(?:\b(?:menulis|wrote|berkata|said)\b[^:]{0,60}:?[\s*_]*-{0,10}|[@>][^:]{0,100}:)\s*$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r".{10,200}?<[^<>\s]{1,250}@[^<>\s]{1,250}>\s(?:menulis|wrote):(?=\s)", re.IGNORECASE
)
_TIME = re.compile(r"\b\d{1,2}[.:]\d{2}\b")
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b|\b\d{1,2}/\d{1,2}/\d{2}\b")
_ADDRESS = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,200}")

_SEPARATOR = re.compile(
    r"\s*[-_*=]{2,60}\s*(?:Pesan\s+asli|Pesan\s+sebelumnya|Surat\s+asli|Original\s+(?:Message|Appointment)"
    r"|Reply\s+message|Pesan\s+balasan)\s*[-_*=]{2,60}\s*",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*(?:_{5,200}|-{5,200}|={5,200})\s*")
_FIELD = re.compile(
    r"[\s>*]{0,6}(Dari|From|Dikirim|Terkirim|Sent|Tanggal|Date|Kepada|Ke|Untuk|To|Tembusan|Salinan|Cc"
    r"|Bcc|Perihal|Subjek|Judul|Subject|Hal|Reply-To|Balas-Ke|Importance|Penting)\s{0,2}:\**(?:\s|$)",
    re.IGNORECASE,
)
_FROM = frozenset({"dari", "from"})
_BESIDE_FROM = frozenset(
    {"dikirim", "terkirim", "sent", "tanggal", "date", "kepada", "ke", "to", "perihal", "subjek", "judul",
     "subject", "hal"}
)  # fmt: skip
_SENT = frozenset({"dikirim", "terkirim", "sent", "tanggal", "date"})
_BLOCK = 9  # lines a block of copied headers may take

_DEVICE = (
    r"(?:iPhone|iPad|iOS|HP|HP\s+Android|hape|handphone|ponsel(?:\s+cerdas)?|smartphone|phone|mobile|tablet"
    r"|perangkat|device|telepon(?:\s+seluler|\s+genggam)?|BlackBerry|Android|Outlook|Yahoo\s+Mail|Gmail"
    r"|Mail|Surat|Samsung|Galaxy|Xiaomi|Redmi|POCO|OPPO|vivo|realme|Infinix|HUAWEI|Nokia|Proton\s+Mail)"
)
_PHONE = re.compile(
    r"\W{0,4}(?:"
    rf"(?:Dikirim|Terkirim|Sent)\s+(?:dari|melalui|dengan|menggunakan|from|via|with|using)\s+(?:my\s+|the\s+)?"
    rf"{_DEVICE}(?:[\s,|]+(?:saya|cerdas|seluler|Galaxy|Samsung|Android|iPhone|iPad|iOS|untuk|for|di|on|app"
    r"|aplikasi|Windows|Mail|mobile|device|phone|smartphone|tablet|Pro|Max|Plus|Ultra|Note|[A-Z]?\d{1,3}[a-z]?|5G)){0,8}"
    r"|(?:Dapatkan|Get)\s+(?:Outlook|aplikasi\s+Outlook)\s+(?:untuk|for|di)\s+(?:Android|iOS|Mac|Windows)"
    r"|Yahoo\s+Mail:\s+(?:Search|Cari).{0,60}"
    r")(?:\s*[<(\[]https?://[^\s>)\]]{1,200}[>)\]])?[\s.!|*]{0,4}",
    re.IGNORECASE,
)


def new_words(text: str, *, is_forwarded: bool = False) -> str:
    """What is new in *text*; empty when it only quotes. Of a forwarded mail all is new: the sender
    hands on what somebody else wrote."""
    lines = text.split("\n")
    if is_forwarded:
        return _joined(_without_signature(lines))
    attributions = dict(_attributions(lines))
    for cut in sorted(_cuts(lines, attributions))[:_MAX_CUTS]:
        if head := _joined(_unquoted(lines[:cut], attributions)):
            return head
    return _joined(_unquoted(lines, attributions))


def _cuts(lines: Sequence[str], attributions: dict[int, int]) -> Iterator[int]:
    """Where everything that follows may be quoted without a mark before each line."""
    for at, line in enumerate(lines):
        if len(line) > _MAX_LINE or _QUOTED.match(line):
            continue
        if DELIMITER.search(line) or _SEPARATOR.fullmatch(line) or _begins_block(lines, at):
            yield at
    for start, end in attributions.items():
        if not _is_quote_next(lines, end):
            yield start


def _attributions(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First line of every "On ... wrote:", and the line after its last."""
    taken = 0
    for at, line in enumerate(lines):
        if at < taken or not _may_announce(line[:_MAX_LINE]):
            continue
        joined = ""
        for end in range(at, min(at + _WRAPPED_OVER, len(lines))):
            if end > at and (not lines[end].strip() or _QUOTED.match(lines[end])):
                break
            joined = f"{joined} {lines[end][:_MAX_LINE]}".strip()
            if _is_attribution(joined, is_quote_next=_is_quote_next(lines, end + 1)):
                taken = end + 1
                yield at, taken
                break


def _may_announce(line: str) -> bool:
    return bool(_BEGINS_WITH_DATE.match(line) or _BEGINS_WITH_NAME.match(line))


def _is_attribution(joined: str, *, is_quote_next: bool) -> bool:
    """A sentence of a complaint may begin with *Pada tanggal 2 November 2026* and end with *dokter
    menulis:*, so a time or an address must be named, or a quote must follow."""
    if found := _GOES_ON.match(joined):
        # Yahoo for Android leaves no line end between "wrote:" and the words it quotes.
        joined = found.group()
    elif len(joined) > _MAX_LINE or not _ENDS_ATTRIBUTION.search(joined[-200:]):
        return False
    has_address = _ADDRESS.search(joined) is not None
    has_moment = _YEAR.search(joined) is not None
    if is_quote_next:
        return has_address or has_moment or _TIME.search(joined) is not None
    return has_moment and (has_address or _TIME.search(joined) is not None)


def _is_quote_next(lines: Sequence[str], at: int) -> bool:
    for line in lines[at : at + 4]:
        if line.strip():
            return _QUOTED.match(line) is not None
    return False


def _begins_block(lines: Sequence[str], at: int) -> bool:
    """Copied headers: *From:* (or *Dari:*) and at least two others right below. A letter has such lines,
    too (*Dari, Kepada, Perihal*), but names neither an address there nor the minute it was sent."""
    if _field(lines[at]) not in _FROM:
        return False
    below = [(_field(line), line[:_MAX_LINE]) for line in lines[at + 1 : at + _BLOCK]]
    if len({name for name, _ in below} & _BESIDE_FROM) < 2:
        return False
    is_timed = any(name in _SENT and _TIME.search(line) for name, line in below)
    return is_timed or _ADDRESS.search(lines[at]) is not None


def _field(line: str) -> str:
    found = _FIELD.match(line[:_MAX_LINE])
    return found.group(1).lower() if found else ""


def _unquoted(lines: Sequence[str], attributions: dict[int, int]) -> list[str]:
    """*lines* without those marked as quotes and what announces these."""
    kept: list[str] = []
    skip_to = 0
    for at, line in enumerate(lines):
        skip_to = max(skip_to, attributions.get(at, 0))
        if at >= skip_to and not _QUOTED.match(line) and not DELIMITER.search(line[:_MAX_LINE]):
            kept.append(line)
    return _without_signature(kept)


def _without_signature(lines: Sequence[str]) -> list[str]:
    """*lines* without blank lines, rules and phones' signatures at the end."""
    end = len(lines)
    while end and _is_ending(lines[end - 1]):
        end -= 1
    return list(lines[:end])


def _is_ending(line: str) -> bool:
    if len(line) > 300:
        return False
    is_mark = line.strip() in ("", "--", "—", "*")
    return is_mark or _RULE.fullmatch(line) is not None or _PHONE.fullmatch(line) is not None


def _joined(lines: Sequence[str]) -> str:
    """The lines, with no more than one blank line between two."""
    text = "\n".join(line.rstrip() for line in lines).strip()
    return re.sub(r"\n{3,}", "\n\n", text)
