"""Eight processes take numbers at once and often change their mind: no duplicate, no gap."""

from collections import Counter
from functools import partial

from flask import Flask

from helpdesk.lib.database import db, init_database, unit_of_work
from helpdesk.lib.heartbeats import take_slot
from helpdesk.lib.once import Fresh, Same, remember, settle
from helpdesk.lib.sequences import take_next
from tests.support.processes import context as processes

PROCESSES = 8
EACH = 24


class ChangedMind(Exception):
    """The unit fails after it took its number."""


def take_numbers(url: str, worker: int) -> list[int]:
    """Runs in a process of its own: the numbers kept; every third unit is rolled back."""
    app = Flask(__name__)
    init_database(app, url)
    kept = []

    def take(turn: int) -> int:
        number = take_next("ticket/2026")
        if (turn + worker) % 3 == 0:
            raise ChangedMind
        return number

    with app.app_context():
        for turn in range(EACH):
            try:
                kept.append(unit_of_work(partial(take, turn)))
            except ChangedMind:
                continue
        db.engine.dispose()
    return kept


def act_once(url: str, worker: int) -> list[tuple[str, str, bool]]:
    """Runs in a process of its own: acts under keys that all share; what it was told, and its slots."""
    app = Flask(__name__)
    init_database(app, url)

    def act(key: str) -> str:
        earlier = remember(key, "session", "0" * 64)
        if isinstance(earlier, Same):
            return earlier.result
        assert isinstance(earlier, Fresh)
        settle(key, f"{key} by {worker}")
        return f"{key} by {worker}"

    with app.app_context():
        told = []
        for key in (f"key {turn}" for turn in range(EACH)):
            result = unit_of_work(partial(act, key))
            told.append((key, result, unit_of_work(partial(take_slot, "summary", key))))
        db.engine.dispose()
    return told


def test_no_duplicate_and_no_gap(app: Flask, engine_url: str) -> None:
    with processes.Pool(PROCESSES) as pool:
        kept = pool.starmap(take_numbers, [(engine_url, worker) for worker in range(PROCESSES)])
    numbers = sorted(number for share in kept for number in share)
    assert numbers == list(range(1, PROCESSES * EACH * 2 // 3 + 1))


def test_one_key_gives_one_result_and_one_slot_is_taken_once(app: Flask, engine_url: str) -> None:
    with processes.Pool(PROCESSES) as pool:
        told = pool.starmap(act_once, [(engine_url, worker) for worker in range(PROCESSES)])
    flat = [one for share in told for one in share]
    results = {(key, result) for key, result, _ in flat}
    assert len(results) == EACH, "everybody was told the same result for the same key"
    taken = Counter(key for key, _, is_taken in flat if is_taken)
    assert taken == {f"key {turn}": 1 for turn in range(EACH)}
