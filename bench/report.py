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
    words: str


@dataclass(frozen=True)
class Verdict:
    """An aim, and how many times as long as its reference the subject took."""

    aim: Aim
    took: float

    @property
    def is_met(self) -> bool:
        return self.took <= self.aim.most


def judge(aims: Sequence[Aim], times: Mapping[str, Times]) -> list[Verdict]:
    """Hold the medians against the aims."""
    return [
        Verdict(aim, times[aim.subject].median / times[aim.reference].median)
        for aim in aims
        if aim.subject in times
    ]


def table(times: Mapping[str, Times], verdicts: Sequence[Verdict]) -> str:
    """One line per subject: median, 95th percentile, processor time, and the aim where it has one."""
    lines = [f"{'':34}{'median':>9}{'p95':>9}{'cpu':>9}   ratio"]
    for name, found in times.items():
        numbers = (found.median, found.p95, found.processor_median)
        line = f"{name:34}" + "".join(f"{1000 * seconds:>6.2f} ms" for seconds in numbers)
        for verdict in (one for one in verdicts if one.aim.subject == name):
            line += f"   {verdict.took:.2f} × {verdict.aim.reference[:3]}, {verdict.aim.words}"
            line += ": met" if verdict.is_met else ": NOT MET"
        lines.append(line)
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
                "aim": one.aim.words,
                "times_as_long": round(one.took, 3),
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
        "load_before": round(os.getloadavg()[0], 2),
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
