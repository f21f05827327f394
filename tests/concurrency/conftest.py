"""The real web server on each engine, to be killed and started again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from config import Settings
from tests.support.cast import Cast
from tests.support.forked import ForkedLive
from tests.support.live import Live


@pytest.fixture
def web(cast: Cast, settings: Settings, tmp_path: Path) -> Iterator[Live]:
    """gunicorn on the very installation that ``cast`` set up; no worker."""
    live = ForkedLive(replace(settings, testing=False, port=0), tmp_path)
    live.start_server()
    yield live
    live.stop()
