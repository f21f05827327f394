"""Wordings: complete in both languages, nothing personal in them, and shown later as they were."""

from __future__ import annotations

import pytest
from flask import Flask

from helpdesk.lib.placeholders import placeholders_in
from helpdesk.lib.words import LANGUAGES
from helpdesk.messaging import templates, wordbook
from helpdesk.messaging.events import EVENTS
from helpdesk.tickets.states import Closing, Grade, Status
from helpdesk.tickets.timing import ClockKind
from tests.messaging.builders import queue_one, row, values_of


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_is_worded_alike_in_both_languages(event: str) -> None:
    used = {}
    for language in LANGUAGES:
        wording = templates.filed_wording(event, language)
        used[language] = placeholders_in(wording.subject + wording.body)
        rendered = wording.fill(values_of(event))
        assert "{" not in rendered.subject + rendered.body
        assert len(rendered.subject) <= 78  # what a mail list and a lock screen show
    assert used["id"] == used["en"] == EVENTS[event].placeholders


def test_there_is_no_file_without_an_event() -> None:
    names = {path.name for path in wordbook.FOLDER.glob("*.txt")}
    wanted = {f"{event}.{language}.txt" for event in [*EVENTS, "words"] for language in LANGUAGES}
    assert names == wanted


def test_no_message_carries_what_was_said_or_by_whom() -> None:
    known = set().union(*(event.placeholders for event in EVENTS.values()))
    assert not known & {"title", "text", "answer", "reason", "name", "complainant", "pin", "phone"}


def test_every_exit_and_closing_that_is_told_has_words() -> None:
    told = [f"closed_{closing}" for closing in Closing if closing is not Closing.NO_CONTACT]
    told += [f"exit_{status}" for status in ("not_ours", "archived", "withdrawn", "merged")]
    assert set(told) <= set(EVENTS)
    assert f"exit_{Status.SPAM}" not in EVENTS


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_word(language: str) -> None:
    codes = {f"clock.{kind}" for kind in ClockKind} | {f"grade.{grade}" for grade in Grade}
    assert codes <= set(wordbook.words_of(language))
    assert set(wordbook.words_of("id")) == set(wordbook.words_of("en"))


@pytest.mark.parametrize(
    "text",
    [
        "Halo {number}\n\n{link}\n",
        "Subject: \n\n{link}\n",
        "Subject: Halo\n{link}\n",
        "Subject: Halo\n\n",
        "Subject: Halo\n\n{secret}\n",
        "Subject: Halo\n\n{number.__class__}\n",
        "Subject: Halo\n\n{number[0]}\n",
        "Subject: Halo\n\n{number!r}\n",
        "Subject: Halo\n\n{number:>9}\n",
        "Subject: Halo\n\n{}\n",
        "Subject: Halo\n\n{number\n",
    ],
)
def test_a_wording_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        templates.read_wording("received", text)


def test_codes_are_said_in_the_language_of_the_message(app: Flask) -> None:
    with app.app_context():
        message = queue_one(event="due_soon", language="en", recipient_kind="staff")
        assert "Stage: Verification and grading" in templates.render_message(row(message)).body
