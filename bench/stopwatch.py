"""Measuring: every subject once in every round, in an order drawn anew, so that all share the machine's bad moments."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Subject:
    """Something measured. *prepare* runs before each call, outside the measured time."""

    name: str
    call: Callable[[], object]
    prepare: Callable[[], object] | None = None


@dataclass
class Times:
    """What one subject took, in seconds: by the clock on the wall, and on the processor by this process."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.wall)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.wall, n=20, method="inclusive")[-1]

    @property
    def processor_median(self) -> float:
        return statistics.median(self.processor)


def measure(
    subjects: Sequence[Subject], rounds: int, say: Callable[[int], None]
) -> dict[str, Times]:
    """Run *rounds* rounds after a few that do not count; tells *say* how many are done."""
    order, chance = list(subjects), random.Random(7)
    times = {subject.name: Times() for subject in subjects}
    for round_ in range(-max(3, rounds // 20), rounds):
        chance.shuffle(order)
        for subject in order:
            wall, processor = _time(subject)
            if round_ >= 0:
                times[subject.name].wall.append(wall)
                times[subject.name].processor.append(processor)
        say(max(round_ + 1, 0))
    return times


def _time(subject: Subject) -> tuple[float, float]:
    if subject.prepare is not None:
        subject.prepare()
    busy, began = time.thread_time(), time.perf_counter()
    subject.call()
    return time.perf_counter() - began, time.thread_time() - busy
