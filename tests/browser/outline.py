"""What a page shows and where it leads, read from its source: following links needs no browser."""

from __future__ import annotations

import re
from html.parser import HTMLParser

NAMED = ("h2", "th")


class Outline(HTMLParser):
    """`links` within the portal; `parts`: what the forms of the page's own part are for, its headings and columns."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.parts: list[str] = []
        self._is_main = False
        self._words: list[str] | None = None
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up a link, a form, or the beginning of a heading."""
        found = {name: value or "" for name, value in attrs}
        if tag == "a" and not {"download", "target"} & found.keys():
            self.links += [found["href"]] if found.get("href", "").startswith("/") else []
        elif tag == "main":
            self._is_main = True
        elif self._is_main and tag == "form":
            self.parts.append(re.sub(r"\d+", "N", found.get("action", "").split("?")[0]))
        elif self._is_main and (tag == "h2" or (tag == "th" and found.get("scope") == "col")):
            self._words = []

    def handle_data(self, data: str) -> None:
        """Take up the words of a heading."""
        if self._words is not None:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        """The end of a heading, or of the page's own part."""
        if tag in NAMED and self._words is not None:
            self.parts.append(" ".join("".join(self._words).split()))
            self._words = None
        elif tag == "main":
            self._is_main = False
