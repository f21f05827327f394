"""POSTs broken in every way: each has one fate, no fault is met, and what one said is one row."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpdesk.intake.inbound import Fate, Inbound
from helpdesk.intake.inbox import raw_of
from helpdesk.intake.understanding import understand
from helpdesk.intake.whatsapp.arrivals import reference_of
from helpdesk.lib.database import db
from helpdesk.lib.whatsapp.reading import read_post
from tests.support.cast import Cast
from tests.support.mutations import mutated
from tests.support.webhooks import PHONE_NUMBER_ID, deposit, have_line, messages, on_the_wire

LOOSELY = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _line(cast: Cast) -> None:
    have_line(cast)


def has_one_fate(raw: bytes) -> None:
    """Understood twice, it leaves what it leaves once."""
    row_id = deposit(raw)
    fate = understand(row_id)
    row = db.session.get_one(Inbound, row_id, populate_existing=True)
    assert fate in (Fate.SPLIT, Fate.QUARANTINED), row.error
    assert (row.fate, row.error, row.look_at, row.attempts) == (fate, "", None, 0)
    assert raw_of(row) == raw
    post = read_post(raw, arrived_at=row.arrived_at)
    is_whole = post.is_readable and not post.troubles
    ours = [one for one in post.messages if one.phone_number_id == PHONE_NUMBER_ID]
    assert (fate is Fate.SPLIT) is (is_whole and len(ours) == len(post.messages))
    standing = messages()
    assert {reference_of(one.provider_id) for one in ours} <= {one.reference for one in standing}
    assert understand(row_id) is fate
    assert len(messages()) == len(standing)


@LOOSELY
@given(mutated())
def test_a_post_with_wrong_parts(cast: Cast, raw: bytes) -> None:
    has_one_fate(raw)


@LOOSELY
@given(
    st.sampled_from(on_the_wire()).map(lambda path: path.read_bytes()),
    st.integers(0, 3000),
    st.binary(max_size=9),
)
def test_a_post_with_wrong_bytes(cast: Cast, whole: bytes, at: int, rubbish: bytes) -> None:
    at %= len(whole)
    has_one_fate(whole[:at] + rubbish + whole[at:])


@pytest.mark.parametrize("cut", range(0, 900, 37))
def test_a_post_cut_anywhere(cast: Cast, cut: int) -> None:
    (whole,) = (path.read_bytes() for path in on_the_wire() if path.stem == "several_of_everything")
    has_one_fate(whole[:cut])
