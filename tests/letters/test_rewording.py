"""The fixed words of letters: checked, versioned, and never changed on a letter that was issued."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from helpdesk.accounts.actor import Actor
from helpdesk.audit.trail import AuditEntry
from helpdesk.letters import rewording, wording
from helpdesk.letters.drawing import draw
from helpdesk.letters.letter import NUMBERED, LetterKind
from helpdesk.letters.receipt import issue_receipt
from helpdesk.letters.samples import sample_of
from helpdesk.letters.wording import LETTERS
from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Conflict, Invalid, NotFound
from helpdesk.lib.words import LANGUAGES
from tests.letters import samples
from tests.support.cast import Cast

MINE = {"opening": "Salam dari {organisation}.", "rights": "Anda berhak bertanya.", "footer": ""}


def _use(blocks: dict[str, str] | None = None, seen: int = 0, by: Actor | None = None) -> None:
    unit_of_work(
        lambda: rewording.use_blocks(
            "receipt", "id", blocks or MINE, seen_version=seen, by=by or Actor.system()
        )
    )


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_the_product_pass_their_own_check(letter: str, language: str) -> None:
    rewording.check_blocks(wording.filed_blocks(letter, language))


@pytest.mark.parametrize("letter", LETTERS)
def test_a_sample_of_every_letter_is_drawn_with_words_on_trial(cast: Cast, letter: str) -> None:
    blocks = dict.fromkeys(LETTERS[letter], "Kata {organisation} dicoba.")
    pdf = draw(sample_of(letter, "id", samples.HEAD), blocks=blocks)
    assert pdf.startswith(b"%PDF")


def test_a_sample_is_about_what_its_letter_is_about(cast: Cast) -> None:
    drawn = [sample_of(kind, "id", samples.HEAD).fields for kind in NUMBERED]
    assert len({fields["subject"] for fields in drawn}) == len(NUMBERED)
    assert drawn[NUMBERED.index(LetterKind.REFERRAL)]["addressee"]["name"] == "Instansi lain"


def test_a_letter_keeps_the_words_it_was_issued_with(cast: Cast) -> None:
    before = unit_of_work(
        lambda: issue_receipt(("ticket", 1), samples.receipt(), "id", Actor.system())
    )
    _use()
    after = unit_of_work(
        lambda: issue_receipt(("ticket", 2), samples.receipt(), "id", Actor.system())
    )
    assert (before.wording_version, after.wording_version) == (0, 1)
    assert "Ombudsman" in wording.blocks_of("receipt", "id", before.wording_version)["rights"]
    assert wording.blocks_of("receipt", "id", after.wording_version) == MINE
    again = unit_of_work(
        lambda: issue_receipt(("ticket", 1), samples.receipt(), "id", Actor.system())
    )
    assert again.id == before.id, "other words make no other letter of the same facts"


def test_gaps_are_filled(cast: Cast) -> None:
    said = wording.filled(MINE, organisation="RSIA Contoh", number="KLH-26-00042-7")
    assert said["opening"] == "Salam dari RSIA Contoh."


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rights", "  "),
        ("opening", "Halo {name}"),
        ("footer", "{"),
        ("footer", "x" * 2001),
    ],
)
def test_blocks_that_cannot_be_used_are_refused(cast: Cast, name: str, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        _use({**MINE, name: text})
    assert set(refusal.value.fields) == {name}
    assert wording.version_in_use("receipt", "id") == 0


def test_going_back_and_the_second_editor(cast: Cast) -> None:
    ayu = cast.actor("ayu")
    _use(by=ayu)
    with pytest.raises(Conflict):
        _use({**MINE, "footer": "x"})
    unit_of_work(lambda: rewording.go_back("receipt", "id", 0, by=ayu))
    newest, mine, filed = rewording.versions_of("receipt", "id")
    assert (newest.version, newest.blocks) == (2, filed.blocks)
    assert (mine.version, mine.created_by_id) == (1, cast.user_ids["ayu"])
    acts = select(AuditEntry.act).where(AuditEntry.subject_kind == "letter_wording")
    assert set(db.session.scalars(acts)) == {"letter_reworded", "letter_wording_taken_back"}


@pytest.mark.parametrize(("letter", "language"), [("poem", "id"), ("receipt", "jv")])
def test_what_is_no_letter_is_not_found(cast: Cast, letter: str, language: str) -> None:
    with pytest.raises(NotFound):
        rewording.versions_of(letter, language)
    with pytest.raises(NotFound):
        unit_of_work(lambda: rewording.go_back("receipt", "id", 9, by=Actor.system()))
