"""Words in both languages."""

from __future__ import annotations

import pytest

from app.core.words import Words, read_words


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "好"), ("zh_Hans_CN", "好"), ("en", "good"), ("en_GB", "good"), ("fr", "好")]
)
def test_speaks_chinese_unless_english_is_asked_for(language: str, words: str) -> None:
    assert Words(zh="好", en="good")(language) == words


@pytest.mark.parametrize(
    "table",
    [{"zh": "好"}, {"zh": "好", "en": ""}, {"zh": "好", "en": 3}, "好", {"zh": "好", "en": "good", "fr": "bon"}],
)
def test_refuses_half_a_pair(table: object) -> None:
    with pytest.raises(ValueError, match="words"):
        read_words(table)
