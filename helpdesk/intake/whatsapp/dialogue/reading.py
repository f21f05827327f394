"""What somebody meant, told by their words alone. Pure: any text, and never an exception.

Short messages are read word by word against the lexicon; longer ones by what stands out in them. Where both fail it
is a story, or it is nothing that we understand: then a person does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from helpdesk.intake.whatsapp.dialogue import lexicon
from helpdesk.intake.whatsapp.dialogue.mentions import Mention, mention_in
from helpdesk.intake.whatsapp.dialogue.status_questions import asks_nothing_else, may_ask, may_tell
from helpdesk.lib.plain_words import plain
from helpdesk.tickets.emergencies import is_emergency
from helpdesk.tickets.states import Kind

FEW_WORDS = 7
POLITE_WORDS = 14  # of which every one must be known
OWN_WORDS = 9  # in a question after one's own complaint
STORY_WORDS, STORY_LETTERS = 4, 16
_WORD = re.compile(r"[^\W_]+")


class Intent(StrEnum):
    """What a message is for, as far as its words say."""

    NOTHING = "nothing"  # no words at all
    GREETING = "greeting"
    THANKS = "thanks"
    YES = "yes"
    NO = "no"
    SEND = "send"
    MENU = "menu"
    CANCEL = "cancel"
    PERSON = "person"
    COMPLAIN = "complain"
    STATUS = "status"
    ADD = "add"
    INFO = "info"
    CONFIDENTIAL = "confidential"
    ANONYMOUS = "anonymous"
    ORDINARY = "ordinary"
    SOLVED = "solved"
    NOT_YET = "not_yet"
    WITHDRAW = "withdraw"
    OBJECT = "object"
    ENGLISH = "english"
    INDONESIAN = "indonesian"
    SPAM = "spam"
    AUTOMATIC = "automatic"  # a machine answers
    STORY = "story"  # somebody tells something
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Reading:
    """A text as it was understood. *looks_like* is what a story seems to be; it is offered, never decided."""

    intent: Intent
    is_emergency: bool = False
    looks_like: Kind = Kind.COMPLAINT
    asks_secrecy: bool = False
    mention: Mention = Mention()
    place: int | None = None  # *yang kedua*, where a list was shown
    is_new: bool = False  # *keluhan baru*, where we asked
    may_ask_status: bool = False  # besides whatever it tells
    may_tell_status: bool = False  # *belum ada kabar*, where we asked
    is_salam: bool = False  # *assalamualaikum*, which is answered in kind


def read(text: str, *, prefix: str = "KLH") -> Reading:
    """Read *text*; *prefix* is what the numbers of the house begin with."""
    said = plain(text)
    mention = mention_in(text, prefix=prefix)
    words = words_of(said)
    intent = _intent_of(said, words, mention)
    asks_secrecy = lexicon.SECRECY.search(said) is not None
    return Reading(
        intent,
        is_emergency(said),
        looks_like(said),
        asks_secrecy,
        mention,
        _place_in(said),
        lexicon.NEW_ONE.fullmatch(said) is not None,
        may_ask(words),
        "?" not in said and may_tell(words),
        _greets_with_salam(words),
    )


def words_of(said: str) -> list[str]:
    """The words of what ``plain`` left."""
    return _WORD.findall(said)


def looks_like(said: str) -> Kind:
    """What a story seems to be: praise without a *but*, a question, a suggestion, else a complaint."""
    complains = lexicon.COMPLAINS.search(said) is not None
    asks = lexicon.ASKS.search(said) or (not complains and lexicon.MAY_ASK.search(said))
    if lexicon.PRAISES.search(said) and not complains and not asks:
        return Kind.PRAISE
    if asks:
        return Kind.INFORMATION
    if lexicon.SUGGESTS.search(said) and not complains:
        return Kind.SUGGESTION
    return Kind.COMPLAINT


def _intent_of(said: str, words: list[str], mention: Mention) -> Intent:
    if not words:
        return Intent.YES if any(sign in said for sign in "👍👌🆗✅") else Intent.NOTHING
    if lexicon.AUTOMATIC.search(said):
        return Intent.AUTOMATIC
    if _is_spam(said):
        return Intent.SPAM
    if lexicon.WITHDRAW.search(said):
        return Intent.WITHDRAW
    if lexicon.OBJECT.search(said):
        return Intent.OBJECT
    if len(words) <= POLITE_WORDS and (short := _of_few(words)):
        return short
    if len(words) <= FEW_WORDS and (plea := _of_plea(said)):
        return plea
    if mention.typed and (mention.stands_alone or _asks_status(said, words)):
        return Intent.STATUS
    if len(words) <= OWN_WORDS and _asks_after_own(said):
        return Intent.STATUS
    letters = sum(len(word) for word in words)
    is_story = len(words) >= STORY_WORDS and letters >= STORY_LETTERS
    return Intent.STORY if is_story or _says_enough(said, words) else Intent.UNCLEAR


def _place_in(said: str) -> int | None:
    found = lexicon.PLACE.fullmatch(said)
    return lexicon.PLACES[found[1]] if found else None


def _of_plea(said: str) -> Intent | None:
    """Short, and no question of single words: somebody is wanted, or nobody was, or the answer does not please."""
    if lexicon.WRONG_NUMBER.search(said):
        return Intent.CANCEL
    if lexicon.NOT_PLEASED.search(said):
        return Intent.NOT_YET
    return Intent.PERSON if lexicon.WANTS_PERSON.search(said) else None


def _says_enough(said: str, words: list[str]) -> bool:
    """Two words may be a whole complaint, or a whole question."""
    patterns = (lexicon.FAULT, lexicon.ASKS, lexicon.MAY_ASK)
    return len(words) > 1 and any(pattern.search(said) for pattern in patterns)


def _asks_status(said: str, words: list[str]) -> bool:
    names_it = not (lexicon.SUBJECT | lexicon.STATUS).isdisjoint(words)
    return names_it and (len(words) <= FEW_WORDS or lexicon.ASKS_STATUS.search(said) is not None)


def _asks_after_own(said: str) -> bool:
    """*Laporan saya sudah sampai mana?* The noun, not *saya mau lapor*."""
    return bool(lexicon.OWN_COMPLAINT.search(said) and lexicon.ASKS_AFTER.search(said))


def _is_spam(said: str) -> bool:
    promises = len(set(lexicon.PROMO.findall(said)))
    return promises >= 3 or (promises >= 1 and lexicon.LINK.search(said) is not None)


def _of_few(words: list[str]) -> Intent | None:
    """The intent of a message whose every word is known; None where one says more."""
    if _is_greeting(words):
        return Intent.GREETING
    if asks_nothing_else([word for word in words if not _is_salam(word)]):
        return Intent.STATUS
    for intent, core, others in _SHORT:
        around = (lexicon.ADDRESS | lexicon.GREETINGS) - core
        left = [word for word in words if word not in around and not _is_salam(word)]
        has_core = not core.isdisjoint(left)
        if has_core and all(word in core or word in others for word in left):
            return intent
    return None


def _is_greeting(words: list[str]) -> bool:
    if _is_parted_salam(words):
        return True
    left = [word for word in words if word not in lexicon.ADDRESS]
    known = lexicon.GREETINGS | lexicon.SALAM_SHORT
    return all(word in known or _is_salam(word) for word in left)


def _greets_with_salam(words: list[str]) -> bool:
    is_one = any(word in lexicon.SALAM_SHORT or _is_salam(word) for word in words)
    return is_one or _is_parted_salam(words)


def _is_parted_salam(words: list[str]) -> bool:
    """*Assalamu 'alaikum wr. wb.*, with gaps anywhere."""
    joined = "".join(words)
    begun = re.match(lexicon.SALAM.pattern.removesuffix(r"\w*"), joined)
    return begun is not None and lexicon.SALAM_ENDS.fullmatch(joined, begun.end()) is not None


def _is_salam(word: str) -> bool:
    return len(word) > 5 and lexicon.SALAM.fullmatch(word) is not None


_NONE: frozenset[str] = frozenset()
_BUT = frozenset({"tapi", "tp", "secara", "but"})
# In order: the first whose words cover the message. Each with the words that make it, and those that may be beside.
_SHORT: tuple[tuple[Intent, frozenset[str], frozenset[str]], ...] = (
    (Intent.THANKS, lexicon.GRATEFUL, lexicon.THANKS | lexicon.YES | lexicon.FILLERS),
    (
        Intent.SEND,
        lexicon.SEND - {"lapor"},
        lexicon.YES | {"sekarang", "saja", "aja", "sj", "it", "now", "dong", "donk", "deh"},
    ),
    (Intent.YES, lexicon.YES - {"sudah"}, _NONE),
    (
        Intent.NOT_YET,
        frozenset({"belum", "blm", "blum", "unresolved"}),
        lexicon.NOT_YET | lexicon.FILLERS,
    ),
    (Intent.NO, lexicon.NO, frozenset({"usah", "perlu", "mau", "saja", "aja"})),
    (Intent.NO, lexicon.ENOUGH, lexicon.BESIDE_ENOUGH),
    (
        Intent.CANCEL,
        lexicon.CANCEL | {"jadi"},
        lexicon.NO | lexicon.YES | lexicon.FILLERS | lexicon.TO_SEND,
    ),
    (Intent.MENU, lexicon.MENU, lexicon.FILLERS | {"utama", "main"}),
    (
        Intent.PERSON,
        lexicon.PERSON | {"bicara", "talk"},
        lexicon.TALK | lexicon.FILLERS | {"admin"},
    ),
    (Intent.ENGLISH, frozenset({"english", "inggris"}), lexicon.ENGLISH | lexicon.FILLERS),
    (
        Intent.INDONESIAN,
        frozenset({"indonesia", "indonesian"}),
        lexicon.INDONESIAN | lexicon.FILLERS,
    ),
    (
        Intent.ANONYMOUS,
        frozenset({"anonim", "anonymous", "anonymously"}),
        lexicon.ANONYMOUS | lexicon.FILLERS | lexicon.COMPLAIN | _BUT,
    ),
    (
        Intent.CONFIDENTIAL,
        lexicon.CONFIDENTIAL - {"identitas"} | {"takut"},
        lexicon.CONFIDENTIAL | lexicon.FILLERS | lexicon.COMPLAIN | _BUT,
    ),
    (Intent.ORDINARY, lexicon.ORDINARY, lexicon.FILLERS),
    (
        Intent.SOLVED,
        lexicon.SOLVED - {"sudah", "udah", "udh", "dah", "sdh"},
        lexicon.SOLVED | lexicon.FILLERS | lexicon.THANKS,
    ),
    (
        Intent.STATUS,
        lexicon.STATUS - {"sampai", "mana"} | lexicon.ANSWERED,
        lexicon.STATUS | lexicon.SUBJECT | lexicon.FILLERS | lexicon.WAITING,
    ),
    (Intent.ADD, lexicon.ADD - {"keterangan"}, lexicon.ADD | lexicon.SUBJECT | lexicon.FILLERS),
    (Intent.INFO, lexicon.INFO, lexicon.FILLERS),
    (Intent.COMPLAIN, lexicon.COMPLAIN, lexicon.FILLERS),
    (Intent.COMPLAIN, lexicon.DISAPPOINTED, lexicon.FILLERS | lexicon.VERY),
)
