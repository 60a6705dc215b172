"""Amounts in minor units: read, rounded once, written."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync_pms.money import decimals, is_currency, parse, plain

currencies = st.sampled_from(("EUR", "JPY", "KWD"))


@given(st.decimals(-10_000_000, 10_000_000, places=5), currencies)
def test_reading_rounds_half_away_from_zero(amount: Decimal, currency: str) -> None:
    unit = Decimal(1).scaleb(-decimals(currency))
    wanted = int(amount.quantize(unit, ROUND_HALF_UP) / unit)
    assert parse(f"{amount:f}", currency) == wanted


@given(st.integers(-(10**12), 10**12), currencies)
def test_what_is_written_is_read_again(amount: int, currency: str) -> None:
    assert parse(plain(amount, currency), currency) == amount


@pytest.mark.parametrize(
    "text", ["", "-", ".", "1,5", "1e3", "NaN", "Infinity", "0x10", "1.2.3", "9" * 20, "٣", "1 000"]
)
def test_what_is_no_amount_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        parse(text)


@pytest.mark.parametrize(
    ("code", "good"), [("EUR", True), ("eur", False), ("EURO", False), (3, False)]
)
def test_currency_codes(code: object, good: bool) -> None:
    assert is_currency(code) is good
