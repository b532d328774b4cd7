"""The one parser of phone numbers: mainland mobiles, however they are written, and nothing that costs elsewhere."""

from __future__ import annotations

import pytest

from app.core.errors import Malformed
from app.web.phone_numbers import parse

MAINLAND, TWO = ("CN",), ("CN", "HK")


@pytest.mark.parametrize(
    "written",
    [
        "13812345678",
        "１３８１２３４５６７８",
        "138 1234 5678",
        "138　1234　5678",
        "138-1234-5678",
        "138–1234–5678",
        "(138) 1234.5678",
        "+86 138 1234 5678",
        "＋86 13812345678",
        "0086 138 1234 5678",
        "8613812345678",
        "  13812345678  ",
    ],
)
def test_one_number_has_one_spelling(written: str) -> None:
    assert parse(written, MAINLAND) == "+8613812345678"


@pytest.mark.parametrize(
    "written",
    [
        "18612249027ab",
        "138CALLNOW1",
        "13812345678 ext. 12",
        "13812345678转12",
        "13812345678;ext=12",
        "13812345678#12",
        "tel:13812345678",
        "+13812345678\n",
        "1381234567",
        "138123456789",
        "12812345678",
        "",
        "+",
        "----",
    ],
)
def test_letters_extensions_and_wrong_lengths_are_refused(written: str) -> None:
    with pytest.raises(Malformed):
        parse(written, MAINLAND)


@pytest.mark.parametrize(
    "written",
    [
        "+882 13 300655",
        "+881 6 123 45678",
        "+979 123 456 789",
        "+1 900 555 0123",
        "+852 5123 4567",
        "+44 7911 123456",
        "13491234567",
        "17401234567",
        "0575 8212 3456",
        "400 810 1234",
        "12356",
    ],
)
def test_no_foreign_satellite_premium_or_fixed_number_is_sent_a_code(written: str) -> None:
    with pytest.raises(Malformed):
        parse(written, MAINLAND)


def test_a_setting_allows_more_countries_but_no_satellite() -> None:
    assert parse("+852 5123 4567", TWO) == "+85251234567"
    assert parse("138 1234 5678", TWO) == "+8613812345678"
    with pytest.raises(Malformed):
        parse("+882 13 300655", TWO)
