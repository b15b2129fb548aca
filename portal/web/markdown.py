"""Markdown that people write, as HTML that can do nothing (CommonMark with tables and struck-through words).

HTML in a text is shown as it was typed. Links lead to http, https, mailto, or a path of this site; pictures are files
of the record itself, named `file:7`, or the portal's own, named `picture:board`; headings begin below the page's own.
Nothing inline: no style, no script.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

from portal.web.links import is_ours

FileUrl = Callable[[int], str | None]
PictureUrl = Callable[[str], str | None]
FILE = re.compile(r"file:(\d{1,9})\Z")
PICTURE = re.compile(r"picture:([a-z0-9-]{1,60})\Z")
ALIGNED = {"text-align:right": "num", "text-align:center": "middle"}
TOP = 2
"""The level that a text's highest heading gets: the page's own is the only h1."""


def rendered(
    text: str,
    file_url: FileUrl | None = None,
    top: int = TOP,
    picture_url: PictureUrl | None = None,
) -> Markup:
    """The HTML of `text`. `file_url` gives the address of one of its files, None for a file that is not its own.

    `top`: the level of its highest heading. `picture_url`: the address of a picture of the portal's own texts; other
    texts have none.
    """
    tokens = _READER.parse(text)
    places = _Places(file_url or (lambda _file_id: None), picture_url or (lambda _name: None))
    _settle(tokens, places, top)
    return Markup(_READER.renderer.render(tokens, _READER.options, {}))


def is_safe_link(address: str) -> bool:
    """Whether a text may lead there."""
    if FILE.match(address) or PICTURE.match(address) or address.startswith("#"):
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return bool(parts.netloc)
    return parts.scheme == "mailto" or is_ours(address)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where files and pictures of a text lie."""

    file_url: FileUrl
    picture_url: PictureUrl

    def of_picture(self, source: str) -> str | None:
        """The address of a picture; None for one that is neither the text's own nor the portal's."""
        own, ours = FILE.match(source), PICTURE.match(source)
        if own:
            return self.file_url(int(own[1]))
        return self.picture_url(ours[1]) if ours else None


class _Renderer(RendererHTML):
    """Tables stand in a place of their own, so that a wide one does not widen the page."""

    def table_open(self, *_args: Any) -> str:
        """The table and the place in which it is moved."""
        return '<div class="scroll" tabindex="0"><table class="table-in">\n'

    def table_close(self, *_args: Any) -> str:
        """Both closed."""
        return "</table></div>\n"


class _Reader(MarkdownIt):
    """CommonMark with tables, and with our own answer to where a link may lead."""

    def validateLink(self, url: str) -> bool:
        """Whether a text may lead to `url`."""
        return is_safe_link(url)


_READER = _Reader("commonmark", {"html": False, "maxNesting": 12}, renderer_cls=_Renderer).enable(
    ["table", "strikethrough"]
)


def _settle(tokens: Sequence[Token], places: _Places, top: int) -> None:
    """Headings lowered, alignment as classes, links and pictures led to where they may lead."""
    lowest = min((int(t.tag[1]) for t in tokens if t.type == "heading_open"), default=top)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) - lowest + top)}"
        elif token.type in ("th_open", "td_open"):
            aligned = ALIGNED.get(str(token.attrs.pop("style", "")))
            token.attrs = {"class": aligned} if aligned else {}
        elif token.type == "fence":
            token.info = ""
        if token.children:
            token.children = [_settled(child, places) for child in token.children]


def _settled(token: Token, places: _Places) -> Token:
    if token.type == "link_open":
        _lead(token, places.file_url)
    elif token.type == "image":
        return _picture(token, places)
    return token


def _lead(token: Token, file_url: FileUrl) -> None:
    address = str(token.attrs.get("href", ""))
    own = FILE.match(address)
    if own:
        token.attrs["href"] = file_url(int(own[1])) or "#"
    elif PICTURE.match(address):
        token.attrs["href"] = "#"
    elif address.startswith(("http:", "https:")):
        token.attrs["rel"] = "noopener noreferrer nofollow"


def _picture(token: Token, places: _Places) -> Token:
    """A picture that is a file of the record or the portal's own; of any other its words are left."""
    address = places.of_picture(str(token.attrs.get("src", "")))
    if address is None:
        return Token("text", "", 0, content=token.content)
    token.attrs = {"src": address, "alt": "", "loading": "lazy"}
    return token
