"""What is left in Chinese on a page in English: everything but content, such as names, topics and notes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Page

CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
SWITCH = ("语言", "中文", "中/En")
"""The choice of language names every language in itself."""

COLLECT = """() => {
  const found = [document.title], seen = ['title', 'alt', 'aria-label', 'placeholder', 'aria-description'];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const inside = walker.currentNode.parentElement.closest('script, style, textarea');
    if (!inside) found.push(walker.currentNode.textContent.trim());
  }
  for (const each of document.querySelectorAll('*'))
    for (const name of seen) if (each.hasAttribute(name)) found.push(each.getAttribute(name));
  return found.filter((text) => /[\\u3000-\\u303f\\u3400-\\u9fff\\uff00-\\uffef]/.test(text));
}"""


class Content:
    """The words that people wrote: a page in English may show them as they are."""

    def __init__(self, words: Iterable[str]) -> None:
        known = sorted({word for word in (*words, *SWITCH) if CHINESE.search(word)}, key=len, reverse=True)
        self._known = re.compile("|".join(re.escape(word) for word in known))

    def left_on(self, page: Page) -> list[str]:
        """What is Chinese on this page and is no content."""
        shown: list[str] = page.evaluate(COLLECT)
        return sorted({text for text in shown if CHINESE.search(self._known.sub("", text))})
