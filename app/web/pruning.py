"""Pruning: of a style sheet, keep the rules whose classes some page, script or module can name.

A rule stays when every class of one of its selectors is a word of the sources; a word that ends in a hyphen (from
``"text-bg-" ~ tone`` or ``f"btn-{kind}"``) stands for every class that begins with it. Nothing else is judged: tags,
attributes, pseudo-classes and variables stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
GROUPS = ("@media", "@supports", "@layer")


class Words:
    """All words of the sources, and the beginnings of words that are put together."""

    def __init__(self, sources: Iterable[Path]) -> None:
        self._whole: set[str] = set()
        for path in sources:
            self._whole.update(WORD.findall(path.read_text("utf-8")))
        self._beginnings = tuple(word for word in self._whole if word.endswith("-") and len(word) > 2)

    def name(self, selector: str) -> bool:
        """Whether the sources can name every class of a selector."""
        return all(found in self._whole or found.startswith(self._beginnings) for found in CLASS.findall(selector))


def prune(css: str, words: Words) -> str:
    """The style sheet without the rules that no page can use. ``css`` is minified and free of comments."""
    return "".join(_kept(css, words))


def _kept(css: str, words: Words) -> Iterator[str]:
    for head, body in _blocks(css):
        if head.startswith(GROUPS):
            inside = prune(body, words)
            if inside:
                yield f"{head}{{{inside}}}"
        elif head.startswith("@") or not body:
            yield f"{head}{{{body}}}" if body else head
        else:
            selectors = [selector for selector in _selectors(head) if words.name(selector)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """The rules of one level, each as its head and what stands between its braces."""
    start = 0
    while start < len(css):
        brace, semicolon = css.find("{", start), css.find(";", start)
        if brace < 0 or (0 <= semicolon < brace and css.startswith("@", start)):
            end = (semicolon if semicolon >= 0 else len(css)) + 1
            yield css[start:end], ""
            start = end
            continue
        end = _closing(css, brace)
        yield css[start:brace].strip(), css[brace + 1 : end]
        start = end + 1


def _closing(css: str, brace: int) -> int:
    depth = 0
    for found in re.compile(r"[{}]").finditer(css, brace):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return found.start()
    return len(css)


def _selectors(head: str) -> list[str]:
    """The selectors of a rule; a comma inside brackets does not part them."""
    parts, depth, current = [], 0, ""
    for letter in head:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += letter
    return [*parts, current]
