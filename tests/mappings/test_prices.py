from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.prices import currencies, price


@pytest.mark.parametrize(
    ("text", "decimal", "amount"),
    [
        ("$19.99", ".", 19.99),
        ("US$ 1,299.00", ".", 1299.0),
        ("1,299", ".", 1299.0),
        ("1 299.50", ".", 1299.5),
        ("CHF 1'299.\u2013", ".", 1299.0),
        ("CHF 1\u2019299.50", ".", 1299.5),
        ("£5", ".", 5.0),
        ("¥199起", ".", 199.0),
        ("199元", ".", 199.0),
        ("from 1,299.00", ".", 1299.0),
        ("$19.99 - $29.99", ".", 19.99),
        ("19.99-29.99", ".", 19.99),
        ("¥299~199", ".", 199.0),
        ("€1.299,00", ",", 1299.0),
        ("1.299.000 €", ",", 1_299_000.0),
        ("1 299,00 kr", ",", 1299.0),
        ("1\u00a0299,5 kr", ",", 1299.5),
        ("1\u202f299 zł", ",", 1299.0),
        ("ab 19,99 €", ",", 19.99),
        ("19,- EUR", ",", 19.0),
        ("19,99 bis 29,99 €", ",", 19.99),
        ("1.299", ",", 1299.0),
        ("12", ",", 12.0),
    ],
)
def test_read(text: str, decimal: Any, amount: float) -> None:
    """A price is read as shops of a language write it; of a range it is the lower end."""
    assert price(text, decimal) == amount


@pytest.mark.parametrize(
    ("text", "decimal"),
    [
        ("€1.299,00", "."),
        ("19,99", "."),
        ("$1.299", "."),
        ("$1,299.00", ","),
        ("12.50", ","),
        ("1.29.99", "."),
        ("1,29,999", "."),
        ("1 299 99", "."),
        ("call for price", "."),
        ("N/A", "."),
        ("", "."),
        ("-5", "."),
        ("$-5.00", "."),
        ("- 5 €", ","),
        ("2 for $5", "."),
        ("$30 now $20", "."),
        ("20% off", "."),
        ("1.2k", "."),
        ("1.2万", "."),
        ("5 m", "."),
        ("10 - 20 - 30", "."),
        ("١٢", "."),
        ("12 ١٢", "."),
        ("the price of this product was 1,299.00 yesterday", "."),
    ],
)
def test_refused(text: str, decimal: Any) -> None:
    """What may be another amount, or none, is not read: no sign is guessed."""
    assert price(text, decimal) is None


@given(st.integers(0, 10**9), st.sampled_from(["{}", "€{}", "{} kr", "ab {}", "{}起"]))
def test_both_ways(cents: int, form: str) -> None:
    """What is written with either sign before the cents is read back, with thousands or without."""
    amount = float(f"{cents // 100}.{cents % 100:02d}")
    english = f"{cents // 100:,}.{cents % 100:02d}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert price(form.format(english), ".") == amount
    assert price(form.format(german), ",") == amount
    assert price(form.format(german.replace(".", "\u00a0")), ",") == amount


@given(st.text(max_size=60), st.sampled_from([".", ","]))
def test_any_text(text: str, decimal: Any) -> None:
    """Whatever a feed has there, it is an amount or none, never an error."""
    found = price(text, decimal)
    assert found is None or found >= 0


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("€5", ("EUR",)),
        ("5 EUR", ("EUR",)),
        ("US$5", ("USD",)),
        ("199元", ("CNY",)),
        ("19.99", ()),
        ("19 kr", ()),
        ("5 europes", ()),
    ],
)
def test_currencies(text: str, codes: tuple[str, ...]) -> None:
    """A currency is told by its sign or its name."""
    assert currencies(text) == codes
