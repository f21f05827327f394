"""The way into the product: the same command that a mail server's alias file names."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

AT_ONCE = 2  # each is a process of its own, and an open demo may have many visitors
PATIENCE = 120.0  # seconds, on a slow machine
Outcome = dict[str, Any]
HandOver = Callable[[bytes], Outcome]
NOT_TAKEN: Outcome = {"taken": False}


def hand_over_at(root: Path) -> HandOver:
    """Hands one raw mail to the product that lies in *root*, with the settings of this process; what it said of it."""

    turnstile = threading.BoundedSemaphore(AT_ONCE)

    def hand_over(raw: bytes) -> Outcome:
        try:
            with turnstile:
                ended = subprocess.run(
                    [sys.executable, "-m", "flask", "--app", "wsgi", "mail", "receive"],
                    cwd=root,
                    input=raw,
                    stdout=subprocess.PIPE,
                    timeout=PATIENCE,
                    check=False,
                )
            said = json.loads(ended.stdout.decode().strip().rpartition("\n")[2])
        except (subprocess.TimeoutExpired, ValueError):
            log.exception("the product did not say what became of a mail")
            return NOT_TAKEN
        return said if isinstance(said, dict) else NOT_TAKEN

    return hand_over
