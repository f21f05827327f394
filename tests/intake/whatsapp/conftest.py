"""The provider, running on this machine, for what is fetched from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.graph import Graph, running_graph


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[Graph]:
    """WhatsApp's Cloud API over real HTTP."""
    with running_graph(tmp_path) as provider:
        yield provider
