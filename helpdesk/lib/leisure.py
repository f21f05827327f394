"""Work that the machine does last: everybody who waits for an answer comes before it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from flask.globals import app_ctx

T = TypeVar("T")

LAST = 19  # the kernel gives its disk last, too


def at_leisure(act: Callable[[], T]) -> T:
    """What *act* returns or raises, from a thread of its own with the lowest priority and an application context.

    Linux counts niceness by thread, and never lets a thread be less nice again; so this one ends with the work.
    """
    app = app_ctx.app  # itself: in another thread current_app is nobody

    def take_time() -> T:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LAST)
        with app.app_context():
            return act()

    with ThreadPoolExecutor(max_workers=1) as own:
        return own.submit(take_time).result()
