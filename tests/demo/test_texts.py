"""What people say in the demo: every story can be told, and none of it is anybody's."""

from __future__ import annotations

import random
import re
from datetime import datetime
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from helpdesk.accounts.seed import HOSPITAL_UNITS
from helpdesk.catalogue.seed import hospital_categories
from helpdesk.demo.cast import CAST, STAFF, head_of
from helpdesk.demo.complainants import person_number
from helpdesk.demo.hospital import PLACES
from helpdesk.demo.pictures import SCENES, draw_file
from helpdesk.demo.samples import Sample, all_samples, remarks
from helpdesk.demo.sign_in_cards import TO_TRY
from helpdesk.demo.wording import say, words_for
from helpdesk.tickets.states import Kind

MOMENT = datetime(2026, 11, 20, 10, 20, tzinfo=ZoneInfo("Asia/Jakarta"))
YESTERDAY = "kmrn|kemarin|hari lalu|hr lalu|malam|smlm"
STORIES = [pytest.param(sample, id=sample.code) for sample in all_samples()]


def test_there_are_enough_stories_and_each_has_its_own_code() -> None:
    codes = [sample.code for sample in all_samples()]
    assert len(set(codes)) == len(codes) >= 90


@pytest.mark.parametrize("sample", STORIES)
def test_a_story_names_what_exists(sample: Sample) -> None:
    units = {unit.code for unit in HOSPITAL_UNITS}
    assert sample.category in {facts.code for facts in hospital_categories({})}
    assert set(sample.places) <= {place[0] for place in PLACES}
    assert {work.unit for work in sample.works} <= units
    assert sample.reported in units | {""}
    assert sample.reported not in {work.unit for work in sample.works}
    assert sample.picture in {*SCENES, ""}
    for unit in (*(work.unit for work in sample.works), sample.wrong[0]):
        assert not unit or head_of(unit)


@pytest.mark.parametrize("sample", STORIES)
def test_a_story_comes_to_an_end(sample: Sample) -> None:
    if sample.exit is not None:
        assert sample.reason
        return
    assert sample.answer
    assert bool(sample.works) is (sample.kind is Kind.COMPLAINT)
    assert bool(sample.question) is bool(sample.reply)


@pytest.mark.parametrize("sample", STORIES)
def test_every_slot_can_be_filled(sample: Sample) -> None:
    draw = random.Random(sample.code)
    words = words_for(draw, MOMENT, next(iter(sample.places), ""), person_number(1))
    works = [
        text
        for work in sample.works
        for text in (work.follow_up, work.findings, work.why, work.action)
    ]
    written = [sample.title, sample.answer, sample.question, sample.reply, sample.solved]
    for text in (*written, *works, *sample.texts, sample.unit_text, sample.reason, sample.wrong[1]):
        assert "{" not in words.fill(text)
    assert len(words.fill(sample.title)) <= 100
    for channel in sample.channels:
        assert "{" not in say(draw, sample, channel, words)


@pytest.mark.parametrize("sample", STORIES)
def test_a_time_that_is_told_lies_before_the_receipt(sample: Sample) -> None:
    for hour, seed in product((0, 7, 10, 13, 17, 22), range(4)):
        draw = random.Random(seed)
        received_at = MOMENT.replace(hour=hour, minute=15)
        words = words_for(draw, received_at, "", None, by_night=sample.is_by_night)
        said = say(draw, sample, sample.channels[0], words)
        told = {
            words.slots[slot] for slot in ("jam", "jam2", "jam_malam") if words.slots[slot] in said
        }
        if words.is_today:
            assert all(time < f"{hour:02d}.15" for time in told)
        else:
            assert words.happened_on < received_at.date()
            assert not told or re.search(YESTERDAY, said) or words.slots["hari"] in said


def test_a_greeting_suits_the_hour() -> None:
    hours = {3: "malam", 4: "pagi", 10: "pagi", 11: "siang", 15: "sore", 18: "sore", 19: "malam"}
    for hour, greeting in hours.items():
        slots = words_for(random.Random(1), MOMENT.replace(hour=hour), "", None).slots
        assert slots["waktu"] == greeting


def test_nothing_that_is_told_to_the_complainant_speaks_of_them_as_of_a_stranger() -> None:
    told = [text for sample in all_samples() for text in (*sample.texts, sample.solved)]
    told += [
        line
        for part in (remarks().openings, remarks().endings)
        for lines in part.values()
        for line in lines
    ]
    told += [line for name in ("interim", "unilateral") for line in remarks().lists[name]]
    assert [
        text for text in told if re.search(r"\b[Pp]elapor\b", text.replace("{pelapor}", ""))
    ] == []


def test_every_remark_can_be_filled() -> None:
    words = words_for(random.Random(1), MOMENT, "", None)
    for lines in (
        *remarks().lists.values(),
        *remarks().openings.values(),
        *remarks().ratings.values(),
    ):
        for line in lines:
            assert "{" not in words.fill(line)


def test_nik_and_numbers_belong_to_nobody() -> None:
    for seed in range(50):
        slots = words_for(random.Random(seed), MOMENT, "", None).slots
        assert re.fullmatch(r"1371\d{8}0000", slots["nik"])
    person = person_number(7)
    assert person.email.endswith("@example.com")
    assert person.phone.startswith("0812-3456-")


def test_every_card_says_what_to_try() -> None:
    assert set(TO_TRY) == {person.username for person in CAST}
    assert len({person.username for person in STAFF}) == len(STAFF)


@pytest.mark.parametrize("kind", sorted(SCENES))
def test_a_picture_is_the_same_each_time(kind: str) -> None:
    assert draw_file(f"{kind}/305 01-10-2026") == draw_file(f"{kind}/305 01-10-2026")
