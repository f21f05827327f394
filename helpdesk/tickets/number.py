"""The ticket's number: ``KLH-26-00042-8``, short enough to dictate, and found however it is typed.

Prefix (a setting, no part of the identity), two digits of the local year of recording, the sequence
in at least five digits, and a Damm digit over year and sequence, which detects every wrong digit
and every swap of neighbours. Pure: no database, no clock.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from stdnum import damm

from helpdesk.lib.plain_words import with_ascii_digits

_FULL_LENGTH = 8  # year 2, sequence 5, check digit 1
_MOST_DIGITS = 12  # nine of them a sequence, which any database holds
_CENTURY = 2000
_LONGEST = 500  # characters looked at: a number in a sentence, not in a letter
_LOOKALIKES = str.maketrans("OIL", "011")
_WHOLE = re.compile(r"(?<!\d)(\d\d)[\W_]{0,3}(\d{5,})[\W_]{0,3}(\d)(?!\d)")
_WORDS_AFTER_DIGITS = re.compile(r"\d.*[^\W\d_]{2}", re.DOTALL)
_RUNS = re.compile(r"[0-9OIL]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_BEFORE_A_NUMBER = frozenset(
    ("NO", "NOMOR", "NOMER", "TIKET", "KELUHAN", "PENGADUAN", "NUMBER", "TICKET", "COMPLAINT")
)


@dataclass(frozen=True, order=True)
class TicketNumber:
    """The identity of a ticket: the full local *year* of recording and its sequence, from 1."""

    year: int
    seq: int


class Problem(StrEnum):
    """Why a typed number is not certain."""

    CHECKSUM = "checksum"  # a check digit was typed and does not fit: a digit is wrong
    INCOMPLETE = "incomplete"  # no check digit, or no number at all


@dataclass(frozen=True)
class Parsed:
    """What was understood. Without *problem* there is exactly one number; else *numbers* are
    candidates.

    Candidates are for staff; the public is asked for the whole number. *near* is the number whose
    check digit alone would be wrong.
    """

    numbers: list[TicketNumber]
    problem: Problem | None
    near: TicketNumber | None = None


def format_number(prefix: str, year: int, seq: int) -> str:
    """Write the number as people see it, such as ``KLH-26-00042-8``. Raises ValueError when *seq*
    is below 1.
    """
    if seq < 1:
        raise ValueError(f"a ticket's sequence begins with 1, not {seq}")
    return f"{prefix}-{year % 100:02d}-{seq:05d}-{_check_digit(year, seq)}"


def parse_number(text: str, *, prefix: str = "KLH", years: Sequence[int] = ()) -> Parsed:
    """Understand a number typed any way: case, spaces, slashes, no dashes, O for 0, full-width
    digits, no prefix.

    *years* are the full years to try when the text names none, the most likely first.
    """
    plain = _plain(text[:_LONGEST])
    in_sentence = _WHOLE.search(plain) if _WORDS_AFTER_DIGITS.search(plain) else None
    if in_sentence and damm.is_valid("".join(in_sentence.groups())):
        year, seq, _ = in_sentence.groups()
        return _certain(_number(year, seq))
    groups = list(_digit_groups(plain, prefix))
    if groups and len(groups[0]) == 4 and groups[0].startswith("20") and len(groups) > 1:
        groups[0] = groups[0][2:]  # the year written in full
    return _from_groups(groups, years)


def with_right_check(text: str, *, prefix: str = "KLH") -> str:
    """The whole number that *text* would be with another check digit; '' where that is not what is wrong."""
    near = parse_number(text, prefix=prefix).near
    return format_number(prefix, near.year, near.seq) if near else ""


def is_among_words(text: str, *, prefix: str = "KLH") -> bool:
    """Is more said than a number, so that its digits may count something else, such as ``kamar 208``?"""
    said = _plain(text[:_LONGEST]).replace(_plain(prefix), " ")
    words = _LETTERS.findall(said)
    return any(word.strip("OIL") and word not in _BEFORE_A_NUMBER for word in words)


def _from_groups(groups: list[str], years: Sequence[int]) -> Parsed:
    digits = "".join(groups)
    if len(digits) > _MOST_DIGITS:
        return _wrong(None)
    if len(digits) >= _FULL_LENGTH:
        return _from_all_digits(groups, digits)
    match groups:
        case [year, seq, check] if len(year) == 2 and len(check) == 1:
            number = _number(year, seq)
            is_right = number.seq > 0 and check == _check_digit(number.year, number.seq)
            return _certain(number) if is_right else _wrong(number)
        case [year, seq] if len(year) == 2:
            return _candidates([_number(year, seq), *_of_years(groups[0], groups[1], years)])
        case [seq, check] if len(check) == 1:
            return _candidates(_of_years(seq, check, years))
        case [seq]:
            return _candidates(_from_one_group(seq, years))
        case _ if len(digits) == _FULL_LENGTH - 1:
            return _candidates([_number(digits[:2], digits[2:])])
    return Parsed([], Problem.INCOMPLETE)


def _from_all_digits(groups: list[str], digits: str) -> Parsed:
    """Enough digits for a whole number: wherever the separators stand, only the digits count."""
    year, seq = digits[:2], digits[2:-1]
    # We never write more zeros than five digits need
    is_ours = len(seq) == 5 or not seq.startswith("0")
    if is_ours and int(seq) > 0 and damm.is_valid(digits):
        return _certain(_number(year, seq))
    if len(groups) == 2 and len(groups[0]) == 2 and not groups[1].startswith("0"):
        # Past 99,999 and without its check digit
        return _candidates([_number(groups[0], groups[1])])
    return _wrong(_number(year, seq) if is_ours else None)


def _from_one_group(digits: str, years: Sequence[int]) -> Iterator[TicketNumber]:
    """Digits in one piece, too few for a whole number: most likely only the sequence."""
    if len(digits) == _FULL_LENGTH - 1:
        yield _number(digits[:2], digits[2:])
    if len(digits) == 6 and digits.startswith("0"):
        yield from _of_years(digits[:5], digits[5], years)
    yield from (TicketNumber(year, int(digits)) for year in years)


def _of_years(seq: str, check: str, years: Sequence[int]) -> Iterator[TicketNumber]:
    """The years whose check digit fits: one in ten fits by chance, so these stay candidates."""
    for year in years:
        if len(check) == 1 and int(seq) > 0 and check == _check_digit(year, int(seq)):
            yield TicketNumber(year, int(seq))


def _digit_groups(plain: str, prefix: str) -> Iterator[str]:
    """The groups of digits in order, lookalike letters read as digits where they stand among
    digits.
    """
    folded_prefix = _plain(prefix).translate(_LOOKALIKES)
    has_digits = False
    for word in re.findall(r"[A-Z0-9]+", plain):
        folded = word.translate(_LOOKALIKES)
        if folded_prefix and folded.startswith(folded_prefix):
            word = word[len(folded_prefix) :]
        for run in _RUNS.finditer(word):
            group = run.group()
            if run.start() > 0:
                group = group.lstrip("OIL")  # the end of a word such as NO0042
            is_whole_word = len(group) == len(word)
            # A lone O after digits is a zero, five letters are zeros and ones, LO is a word.
            is_number = re.search(r"\d", group) or (
                is_whole_word and ((has_digits and len(group) == 1) or len(group) >= 5)
            )
            if group and is_number:
                has_digits = True
                yield group.translate(_LOOKALIKES)


def _plain(text: str) -> str:
    """Upper case, every script's digits as ASCII, invisible characters gone, dashes of all kinds
    kept as they are.
    """
    return with_ascii_digits(unicodedata.normalize("NFKC", text).upper())


def _number(year: str, seq: str) -> TicketNumber:
    return TicketNumber(_CENTURY + int(year), int(seq))


def _check_digit(year: int, seq: int) -> str:
    return damm.calc_check_digit(f"{year % 100:02d}{seq:05d}")


def _certain(number: TicketNumber) -> Parsed:
    return Parsed([number], None)


def _wrong(near: TicketNumber | None) -> Parsed:
    return Parsed([], Problem.CHECKSUM, near if near and near.seq > 0 else None)


def _candidates(numbers: Iterable[TicketNumber]) -> Parsed:
    known = dict.fromkeys(number for number in numbers if number.seq > 0)
    return Parsed(list(known), Problem.INCOMPLETE)
