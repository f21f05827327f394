"""Eight processes open tickets at once: no number twice, no number missing, and one form is one ticket."""

from __future__ import annotations

from collections import Counter
from functools import partial

from config import Settings
from helpdesk.intake.admission import Admitted, Outcome, admit
from helpdesk.intake.submission import Submission
from helpdesk.lib.database import unit_of_work
from helpdesk.lib.errors import Conflict
from helpdesk.tickets.states import Channel
from tests.concurrency.wholeness import events_of, whole_tickets
from tests.support.cast import Cast
from tests.support.processes import meet, together

OPENERS = 8
EACH = 9
FORMS = 5


class ChangedMind(Exception):
    """The unit fails after it took its number."""


def open_some(worker: int) -> list[str]:
    """Open EACH tickets, every third of which is rolled back at the last moment; the numbers told."""
    numbers = []
    for turn in range(EACH):
        said = Submission(
            text=f"Antrean lama, {worker}/{turn}.",
            channel=Channel.WEB,
            name="Wati",
            whatsapp="0812-3456-0172",
        )
        try:
            numbers.append(unit_of_work(partial(open_one, said, (worker + turn) % 3 == 0)))
        except ChangedMind:
            continue
    return numbers


def open_one(said: Submission, is_given_up: bool) -> str:
    admitted = admit(said)
    if is_given_up:
        raise ChangedMind
    return admitted.number


def send_forms(session_id: str) -> list[tuple[str, str, str]]:
    """Send FORMS forms that everybody else sends at the same moment; number, PIN and outcome of each."""
    told = []
    for turn in range(FORMS):
        said = form(turn, session_id=session_id)
        meet()
        try:
            admitted: Admitted = unit_of_work(partial(admit, said))
        except Conflict:
            told.append(("", "", "conflict"))
        else:
            told.append((admitted.number, admitted.pin, admitted.outcome.value))
    return told


def form(turn: int, session_id: str) -> Submission:
    return Submission(
        text=f"Obat sirup habis ({turn}).",
        channel=Channel.WEB,
        name="Wati",
        whatsapp="0812-3456-0172",
        key=f"a-random-form-key-{turn}",
        session_id=session_id,
    )


def test_eight_openers_leave_no_gap_and_take_no_number_twice(
    cast: Cast, settings: Settings
) -> None:
    told = together(settings, [partial(open_some, worker) for worker in range(OPENERS)])
    numbers = [number for share in told for number in share]
    assert len(numbers) == OPENERS * EACH * 2 // 3
    assert sorted(numbers) == sorted(whole_tickets())


def test_one_form_sent_eight_times_at_once_is_one_ticket(cast: Cast, settings: Settings) -> None:
    told = together(settings, [partial(send_forms, "one browser")] * OPENERS)
    for answers in zip(*told, strict=True):
        assert len({(number, pin) for number, pin, _ in answers}) == 1
        assert Counter(outcome for *_, outcome in answers) == {
            Outcome.OPENED.value: 1,
            Outcome.AGAIN.value: OPENERS - 1,
        }
    tickets = whole_tickets()
    assert len(tickets) == FORMS
    assert all(events_of(ticket) == {"open": 1} for ticket in tickets.values())


def test_a_copied_form_tells_other_browsers_nothing(cast: Cast, settings: Settings) -> None:
    told = together(settings, [partial(send_forms, f"browser {n}") for n in range(4)])
    for answers in zip(*told, strict=True):
        outcomes = Counter(outcome for *_, outcome in answers)
        assert outcomes == {Outcome.OPENED.value: 1, "conflict": 3}
        assert sum(1 for number, _, _ in answers if number) == 1
    assert len(whole_tickets()) == FORMS
