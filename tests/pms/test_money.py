"""Amounts in minor units: read, rounded once, written."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pysync_pms.money import decimals, is_currency, parse, plain, share, typed

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
    ("text", "currency", "amount"),
    [("94,50", "EUR", 9_450), ("1,5", "EUR", 150), ("1,234", "KWD", 1_234), (" 7 ", "JPY", 7)],
)
def test_a_comma_that_can_be_nothing_else_is_the_point(
    text: str, currency: str, amount: int
) -> None:
    assert typed(text, currency) == amount


@pytest.mark.parametrize(("text", "currency"), [("1,234", "EUR"), ("1,2.3", "EUR"), ("1,5", "JPY")])
def test_a_comma_that_may_mean_thousands_is_asked_about(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        typed(text, currency)


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 1_000), min_size=1, max_size=9))
def test_what_is_shared_out_sums_to_what_was_there(amount: int, weights: list[int]) -> None:
    weights = [*weights, 1]
    parts = share(amount, weights)
    assert sum(parts) == amount
    exact = [amount * weight / sum(weights) for weight in weights]
    assert all(abs(part - wanted) < 1 for part, wanted in zip(parts, exact, strict=True))


@pytest.mark.parametrize(
    ("code", "good"), [("EUR", True), ("eur", False), ("EURO", False), (3, False)]
)
def test_currency_codes(code: object, good: bool) -> None:
    assert is_currency(code) is good
