"""Questions after how a complaint stands, told by their words alone. Pure.

Surely one is a short message of which every word belongs to such a question: *sudah sampai mana?*, *when will you
answer?* Where other words stand beside it may be one, and may tell something as well: that is for a ticket to keep.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from helpdesk.intake.whatsapp.dialogue import lexicon

SHORT = 9  # words; what is longer tells something
_TWICE = re.compile(r"(?<=[a-z]{3})2$")  # *dibalas2*

_WHEN = r"(?:kapan|kpn|kapankah|when)"
_HOW = r"(?:gimana|gmn|gmna|gimna|bagaimana|bgmn|bagaimanakah)"
_NOT_YET = r"(?:belum|blm|blum|belom|blom|tidak|tdk|ga|gak|nggak|ngga|tak)"
_ALREADY = r"(?:sudah|sdh|udah|udh|dah)"
_HANDLED = (
    r"(?:di(?:balas|bales|bls|jawab|jwb|tanggapi|tanggapin|respons?|proses|tindaklanjuti|urus)|djwb|dbls)"
    r"(?:nya)?"
)
_DONE = r"(?:selesai|beres|kelar|tuntas|rampung)(?:nya)?"
_ANSWER = r"(?:kabar|berita|info|jawaban|balasan|tanggapan|respons?|update)(?:nya)?"
_OWN = (
    r"(?:laporan|keluhan|pengaduan|aduan|komplain|tiket)"
    r"(?:nya|ku| (?:saya|sy|aku|kami|kmrn|kemarin|tadi|yg|yang))"
)
_MINE = r"(?:my|the|our) (?:complaint|report|ticket)"
_REPLY = r"(?:answer|reply|response|news|updates?|progress)"
_STANDING = r"(?:status|progress?|perkembangan|kelanjutan|kabar|update)(?:nya|ny)"
_SURELY = re.compile(
    r"\b(?:"
    rf"{_STANDING}|(?:what|what s|whats) (?:is )?the status|"
    r"(?:sampai|sampe|smp|smpe|nyampe) (?:di |ke )?(?:di|ke)?mana|"
    rf"{_WHEN} .*(?:{_HANDLED}|{_DONE}|{_ANSWER})|(?:{_HANDLED}|{_DONE}|{_ANSWER}) .*{_WHEN}|"
    rf"{_HANDLED}|(?:{_NOT_YET}|{_ALREADY}|mana) (?:ada |juga |dapat |dpt )*{_ANSWER}|"
    rf"{_ALREADY} {_DONE} {_NOT_YET}|"
    rf"{_HOW} .*{_OWN}|{_OWN} .*{_HOW}|"
    rf"when .*(?:{_REPLY}|respond|answered|replied|read|handled|resolved|solved)|any {_REPLY}|"
    rf"(?:no|not|still no) (?:{_REPLY}|answered|replied)|(?:how|where) is {_MINE}|"
    rf"(?:has|is|was) {_MINE} .*(?:read|answered|handled|resolved|solved)|(?:have|did) you (?:read|get) {_MINE}"
    r")\b"
)
_OF_IT = re.compile(rf"{_HANDLED}|{_DONE}|{_ANSWER}|{_STANDING}")
_BELONGS = (
    lexicon.FILLERS
    | lexicon.GREETINGS
    | lexicon.STATUS
    | lexicon.ANSWERED
    | lexicon.WAITING
    | lexicon.SUBJECT
    | lexicon.BESIDE_STATUS
) - lexicon.NOT_OURS_TO_TELL
_MAYBE = re.compile(
    rf"\b{_WHEN}\b|\b(?:sampai|sampe|smp|nyampe) (?:di |ke )?(?:di|ke)?mana\b|\bstatus(?:nya|ny)?\b|"
    rf"\b{_NOT_YET} (?:juga |jg |ada |pernah )*"
    rf"(?:di\w{{4,}}|tertangani|{_DONE}|{_ANSWER}|perubahan|tindakan|tindak lanjut)\b|"
    rf"\b{_ALREADY} (?:di|ter)\w{{4,}} (?:apa )?{_NOT_YET}\b|\bberapa lama lagi\b|"
    rf"\b(?:any|no|still no) {_REPLY}\b|\bhow long\b"
)
_TELLS = re.compile(rf"\b(?:{_NOT_YET}|{_ALREADY}|no|not)\b")
_ASKS = re.compile(rf"\b(?:{_WHEN}|{_HOW}|di ?mana|mana|apa|apakah|kok|kenapa|knp|why)\b")


def asks_nothing_else(words: Sequence[str]) -> bool:
    """Do *words* ask how it stands, and nothing besides?"""
    said = _once(words)
    if not all(word in _BELONGS or _OF_IT.fullmatch(word) for word in said):
        return False
    is_there = lexicon.TO_MAKE_ONE.isdisjoint(said)
    return is_there and _SURELY.search(" ".join(said)) is not None


def may_ask(words: Sequence[str]) -> bool:
    """Might *words*, being few, ask how it stands, whatever else they tell?"""
    return len(words) <= SHORT and _MAYBE.search(" ".join(_once(words))) is not None


def may_tell(words: Sequence[str]) -> bool:
    """Might they tell how it stands, as to somebody who asked: *belum ada kabar*, *sudah dibalas*?"""
    said = " ".join(_once(words))
    return _TELLS.search(said) is not None and not _ASKS.search(said)


def _once(words: Sequence[str]) -> list[str]:
    return [_TWICE.sub("", word) for word in words]
