"""What was found, as one table for people and one JSON file for comparing with the next run."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.stopwatch import Times

PACKAGES = (
    "flask",
    "jinja2",
    "werkzeug",
    "sqlalchemy",
    "flask-sqlalchemy",
    "pymysql",
    "flask-babel",
    "wtforms",
)


@dataclass(frozen=True)
class Aim:
    """*subject* may take at most *most* times as long as *reference*."""

    subject: str
    reference: str
    most: float


@dataclass(frozen=True)
class Verdict:
    """An aim, and how many times as long as its reference the subject took: by the wall clock, and of processor time.

    The wall clock decides. On a machine that others use at the same time the processor's figure tells more; it does
    not see what a database server or the disk did.
    """

    aim: Aim
    took: float
    took_of_processor: float

    @property
    def is_met(self) -> bool:
        return self.took <= self.aim.most


def judge(aims: Sequence[Aim], times: Mapping[str, Times]) -> list[Verdict]:
    """Hold the medians against the aims."""
    verdicts = []
    for aim in aims:
        subject, reference = times[aim.subject], times[aim.reference]
        of_processor = subject.processor_median / reference.processor_median
        verdicts.append(Verdict(aim, subject.median / reference.median, of_processor))
    return verdicts


def table(times: Mapping[str, Times], verdicts: Sequence[Verdict]) -> str:
    """Two tables: what each subject took, and how that stands to the aims."""
    lines = [f"{'milliseconds':34}{'median':>9}{'p95':>9}{'processor':>11}"]
    for name, found in times.items():
        milliseconds = [1000 * one for one in (found.median, found.p95, found.processor_median)]
        lines.append("{:34}{:9.2f}{:9.2f}{:11.2f}".format(name, *milliseconds))
    lines += ["", f"{'times as long':34}{'as':34}{'clock':>7}{'processor':>11}{'at most':>9}"]
    for one in verdicts:
        aim, met = one.aim, "met" if one.is_met else "NOT MET"
        line = f"{aim.subject:34}{aim.reference:34}{one.took:7.2f}{one.took_of_processor:11.2f}"
        lines.append(f"{line}{aim.most:9.2f}  {met}")
    return "\n".join(lines)


def write_json(
    path: Path, times: Mapping[str, Times], verdicts: Sequence[Verdict], more: Mapping[str, Any]
) -> None:
    """Everything, with machine, versions and date; seconds throughout."""
    path.parent.mkdir(parents=True, exist_ok=True)
    found = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
        },
        **more,
        "seconds": {name: _seconds(one) for name, one in times.items()},
        "aims": [
            {
                "subject": one.aim.subject,
                "reference": one.aim.reference,
                "times_as_long": round(one.took, 3),
                "times_as_long_of_processor": round(one.took_of_processor, 3),
                "may_be": round(one.aim.most, 3),
                "is_met": one.is_met,
            }
            for one in verdicts
        ],
    }
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def machine() -> dict[str, Any]:
    """What the numbers were measured on; a busy machine shows in its load."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _seconds(times: Times) -> dict[str, float]:
    return {
        "median": round(times.median, 6),
        "p95": round(times.p95, 6),
        "processor_median": round(times.processor_median, 6),
        "count": len(times.wall),
    }
