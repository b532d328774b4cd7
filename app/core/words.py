"""A piece of text that exists in both languages, for content that is data and not a translated message."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in Chinese and English; call it with a language: ``item.text("zh")``."""

    zh: str
    en: str

    def __call__(self, language: str) -> str:
        """The words in this language; a locale such as ``zh_Hans_CN`` counts by its first letters."""
        return self.en if language.lower().startswith("en") else self.zh


def read_words(table: object) -> Words:
    """Read a table with exactly the keys ``zh`` and ``en``. Raises ValueError where one is missing or empty."""
    if not isinstance(table, dict) or set(table) != {"zh", "en"}:
        raise ValueError("words need zh and en, and nothing else")
    return Words(zh=_filled(table, "zh"), en=_filled(table, "en"))


def _filled(table: Mapping[str, object], language: str) -> str:
    words = table[language]
    if not isinstance(words, str) or not words.strip():
        raise ValueError(f"words are empty in {language}")
    return words


def instrument_name(code: str) -> str:
    """An instrument's code as clinicians write it: ``phq9`` is PHQ-9."""
    return re.sub(r"(?<=[A-Z])(?=\d)", "-", code.upper())
