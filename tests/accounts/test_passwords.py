"""Passwords that are refused: common ones, keyboard walks, Chinese favourites, one's own phone or name."""

from __future__ import annotations

import pytest

from app.accounts.services import passwords
from app.core.errors import Malformed

REFUSED = [
    "a1b2c3d4",
    "1qaz2wsx",
    "1qaz@WSX",
    "qwertyuiop",
    "asdfghjkl;",
    "zaq12wsx",
    "147258369",
    "q1w2e3r4t5",
    "woaini1314",
    "WoAiNi520",
    "5201314520",
    "a5201314",
    "laopo520",
    "xingfu2026",
    "woaizhongguo",
    "19900101",
    "P@ssw0rd",
    "１２３４５６７８",
    "我爱你一生一世",
    "abababababab",
    "火火火火火火火火",
]
TAKEN = ["a quiet river at dawn", "火车站门口的大树", "kx7#Vp2q", "mingtian9dianban", "four words of a counsellor"]


@pytest.mark.parametrize("password", REFUSED)
def test_what_many_use_is_refused(password: str) -> None:
    with pytest.raises(Malformed):
        passwords.check_strength(password)


@pytest.mark.parametrize("password", TAKEN)
def test_what_is_hard_to_guess_is_taken(password: str) -> None:
    passwords.check_strength(password, phone="+8613812345678", name="王小骑")


@pytest.mark.parametrize(
    "password", ["my 13812345678 now", "rider12345678rider", "WangXiaoqi at home", "我是王小骑吗是的呀"]
)
def test_ones_own_phone_or_name_is_refused(password: str) -> None:
    with pytest.raises(Malformed):
        passwords.check_strength(password, phone="+8613812345678", name="王小骑" if "王" in password else "wangxiaoqi")


def test_thirty_repeats_are_judged_as_quickly_as_any_other() -> None:
    with pytest.raises(Malformed):
        passwords.check_strength("a1" * 32)
