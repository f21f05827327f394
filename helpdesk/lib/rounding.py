"""Rounding as people do it by hand: half goes up, read from the number as it is written and not as a float keeps it."""

from __future__ import annotations

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal


def half_up(value: float, decimals: int = 0) -> float:
    """2.5 is 3 and 42.65 is 42.7, where ``round`` says 2 and 42.6; -2.5 is -3."""
    return _rounded(value, decimals, ROUND_HALF_UP)


def part(share: float, decimals: int) -> float:
    """A share of one, half up; but only the whole is 1 and only nothing is 0, however near another comes."""
    rounded = half_up(share, decimals)
    if share < 1 <= rounded:
        return down(share, decimals)
    if rounded <= 0 < share:
        return float(Decimal(1).scaleb(-decimals))
    return rounded


def down(value: float, decimals: int = 0) -> float:
    """To the nearest number that is not larger."""
    return _rounded(value, decimals, ROUND_FLOOR)


def _rounded(value: float, decimals: int, rounding: str) -> float:
    return float(Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), rounding))
