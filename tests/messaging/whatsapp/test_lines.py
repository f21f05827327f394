"""The number as it is set up, when its secrets can no longer be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpdesk.lib.database import db, unit_of_work
from helpdesk.lib.errors import Invalid
from helpdesk.messaging.whatsapp import lines
from helpdesk.messaging.whatsapp.line import WhatsAppLine
from tests.messaging.whatsapp.line import set_up
from tests.support.graph import Graph

pytestmark = pytest.mark.usefixtures("cast")


def test_after_another_secret_key_the_secrets_are_asked_for_again(tmp_path: Path) -> None:
    """Saved without them, the number would look well, refuse every webhook and be let in nowhere."""
    graph = Graph.at(tmp_path)
    set_up(graph)
    set_up(graph, access_token="", per_second=7)  # what is stored stays good
    unit_of_work(
        lambda: setattr(db.session.get_one(WhatsAppLine, lines.LINE_ID), "secret", "sealed")
    )
    with pytest.raises(Invalid) as refused:
        set_up(graph, app_secret="", access_token="", per_second=8)
    assert set(refused.value.fields) == {"app_secret", "access_token"}
    set_up(graph, per_second=8)
    standing = lines.line()
    assert standing is not None
    assert lines.secrets_of(standing).app_secret == graph.account.app_secret
