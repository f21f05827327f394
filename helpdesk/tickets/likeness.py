"""How alike two complaints are worded: the stems of their words, and the index that finds who shares them.

Indonesian hangs its grammar on the word (*dibayarkan, pembayaran, bayar*), so words are compared by their stems.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256
from typing import Any, cast

from rapidfuzz import fuzz
from Sastrawi.Stemmer.StemmerFactory import StemmerFactory
from Sastrawi.StopWordRemover.StopWordRemoverFactory import StopWordRemoverFactory
from sqlalchemy import ForeignKey, Index, Table, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from helpdesk.lib.database import Model, db, run_core
from helpdesk.tickets.ticket import Ticket

LONGEST_WORD = 30
MOST_STEMS = 40  # of one complaint: it says what it is about at its beginning
LOOKED_AT = 4000  # characters
KEPT_TICKETS = 20_000  # the newest: two months at the 300 complaints a day of a large hospital
_WORD = re.compile(r"\w+")
# What the library's list of written Indonesian lacks: how people write on a telephone, forms of
# address, and English.
_SPOKEN = frozenset({
    "aja", "bapak", "blm", "bpk", "bu", "dg", "dgn", "dll", "dlm", "dr", "gak", "ga", "gk",
    "ibu", "jd", "jg", "karna", "klo", "krn", "kmi", "lg", "mohon", "ngga", "nggak", "nya",
    "pak", "pd", "sampe", "sdh", "sm", "sy", "tdk", "terus", "tlg", "tp", "udah", "udh", "utk",
    "yg", "and", "are", "for", "from", "have", "not", "that", "the", "they", "this", "was",
    "were", "with", "you",
})  # fmt: skip


class TicketStem(Model):
    """One stem of what was said on one ticket. Only the newest tickets have any: older ones are no duplicates.

    The digest stands for the stem: no collation takes two words for one, and nobody reads the index.
    """

    __tablename__ = "ticket_stems"
    __table_args__ = (
        Index("ix_ticket_stems_ticket", "ticket_id"),
        {"sqlite_with_rowid": False},
    )

    stem_hash: Mapped[str] = mapped_column(String(16), primary_key=True)
    ticket_id: Mapped[int] = mapped_column(
        ForeignKey("tickets.id"), primary_key=True, autoincrement=False
    )


def stems_of(text: str) -> tuple[str, ...]:
    """The stems of the words that carry meaning, each once, in the order in which they were said."""
    plain = unicodedata.normalize("NFKC", text[:LOOKED_AT]).casefold()
    words = (word for word in _WORD.findall(plain) if len(word) > 1 and word not in _stop_words())
    stems = (_stem(word) for word in words)
    meaningful = (stem for stem in stems if len(stem) > 1 and stem not in _stop_words())
    return tuple(dict.fromkeys(meaningful))[:MOST_STEMS]


def likeness(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How alike two texts are by their stems, in percent.

    A third is how well the shorter is found in the longer, typing errors allowed; two thirds are what share of all
    stems they have in common, so that a short slip is not like every long letter that mentions the same word.
    """
    if min(len(one), len(other)) < 2:
        return 0
    in_common = 200 * len(set(one) & set(other)) / (len(one) + len(other))
    return round((fuzz.token_set_ratio(" ".join(one), " ".join(other)) + 2 * in_common) / 3)


def note_stems(ticket: Ticket) -> None:
    """Let the ticket, just opened, be found by the stems of what was said, inside the caller's unit of work."""
    hashes = hashes_of(stems_of(ticket.text))
    if rows := [{"stem_hash": one, "ticket_id": ticket.id} for one in hashes]:
        run_core(insert(cast("Table", TicketStem.__table__)), rows)


def hashes_of(stems: tuple[str, ...]) -> list[str]:
    """The stems as the index knows them."""
    return [sha256(stem.encode()).hexdigest()[:16] for stem in stems]


def forget_old_stems() -> None:
    """Forget the stems of all but the newest tickets, inside the caller's unit of work."""
    newest = db.session.scalar(select(func.max(Ticket.id))) or 0
    db.session.execute(delete(TicketStem).where(TicketStem.ticket_id <= newest - KEPT_TICKETS))


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    return frozenset(StopWordRemoverFactory().get_stop_words()) | _SPOKEN


@lru_cache(maxsize=1)
def _stemmer() -> Any:
    # without the library's own cache, which grows with every word that anybody ever types
    return StemmerFactory().create_stemmer().delegatedStemmer


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    """The stem; a number, or a word too long for any language, stays as it is."""
    is_word = word.isalpha() and len(word) <= LONGEST_WORD
    return str(_stemmer().stem_word(word)) if is_word else word
