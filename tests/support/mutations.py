"""Payloads of the wire with something else at a few of their places."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from tests.support.webhooks import on_the_wire

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
SEEDS = [json.loads(path.read_bytes()) for path in on_the_wire()]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside *value*."""
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    return [path, *(found for name, part in inner for found in places(part, (*path, name)))]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """One of the payloads, with parts that are gone, doubled, or something else."""
    whole = json.loads(json.dumps(draw(st.sampled_from(SEEDS))))
    for _blow in range(draw(st.integers(1, 4))):
        *way, last = draw(st.sampled_from(places(whole)[1:] or [("entry",)]))
        held = whole
        for name in way:
            held = held[name]
        match draw(st.integers(0, 2)):
            case 0 if isinstance(held, dict):
                held.pop(last, None)
            case 1 if isinstance(held, list):
                held.append(held[last])
            case _:
                held[last] = draw(VALUES)
    return json.dumps(whole).encode()
