"""Pages of help at either door: the book's contents with its search, and one page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, g, request, url_for
from markupsafe import Markup

from portal.access.guards import signed_in
from portal.access.permissions import Permission
from portal.help import shelf
from portal.help.rules.book import (
    BY_KEY,
    PARTS,
    Door,
    Page,
    endpoint_of,
    page_about,
    pages_for,
)
from portal.help.rules.text import Written, find, led
from portal.kernel.text import Text
from portal.web.filters import static_url
from portal.web.markdown import rendered
from portal.web.pages import page as drawn
from portal.web.words import locale_code

PICTURES = "help"


def open_book(bp: Blueprint, door: Door) -> None:
    """The contents, and a page under its own address for each page of this door."""
    bp.get("/help", endpoint="index")(signed_in(_contents(door)))
    for each in pages_for(door):
        name = endpoint_of(each, door).partition(".")[2]
        bp.get(f"/help/{each.key}", endpoint=name)(signed_in(_reading(each, door)))


def help_url(endpoint: str | None, kind: str) -> str | None:
    """Where help about a page of the portal is read; None where nobody wrote any."""
    door = {"staff": Door.DESK, "customer": Door.MY}.get(kind)
    if door is None or endpoint is None or "_help." in endpoint:
        return None
    page = page_about(endpoint, door)
    return url_for(endpoint_of(page, door)) if page is not None else None


def picture_file(name: str, language: str) -> str:
    """The file of a picture, below static/."""
    return f"{PICTURES}/{name}.{'zh' if language == 'zh_CN' else 'en'}.webp"


def _contents(door: Door) -> Callable[[], Any]:
    def index() -> Any:
        """The parts of the book, or what was found in it."""
        words, language = request.args.get("q", "").strip()[:80], locale_code()
        pages = [(page, shelf.page(page.key, language)) for page in pages_for(door)]
        found = [
            (hit, url_for(endpoint_of(BY_KEY[hit.key], door)))
            for hit in find(words, ((page.key, text) for page, text in pages))
        ]
        template = f"help/{door.value}_index.html"
        return drawn(template, words=words, found=found, parts=_parts(pages, door))

    return index


def _parts(
    pages: list[tuple[Page, Written]], door: Door
) -> list[tuple[Text, list[tuple[str, str]]]]:
    """(part, its pages as (title, address))."""
    return [
        (label, [(text.title, url_for(endpoint_of(page, door))) for page, text in pages if page.part == part])
        for part, label in PARTS.items()
    ]  # fmt: skip


def _reading(page: Page, door: Door) -> Callable[[], Any]:
    def show() -> Any:
        """One page of help."""
        language = locale_code()
        text = shelf.page(page.key, language)
        others = [
            (shelf.page(each.key, language).title, url_for(endpoint_of(each, door)), each is page)
            for each in pages_for(door)
            if each.part == page.part
        ]
        return drawn(
            f"help/{door.value}_page.html", text=text, others=others, part=PARTS[page.part],
            body=_body(text.body, door, language),
        )  # fmt: skip

    return show


def _body(markdown: str, door: Door, language: str) -> Markup:
    def address(kind: str, name: str) -> str | None:
        if kind == "help":
            there = BY_KEY[name]
            return url_for(endpoint_of(there, door)) if there in pages_for(door) else None
        if kind == "page":
            return url_for(name) if _opens_for_the_reader(name, door) else None
        return f"picture:{name}"

    pictures = lambda name: static_url(picture_file(name, language))  # noqa: E731
    return rendered(led(markdown, address), picture_url=pictures)


def _opens_for_the_reader(endpoint: str, door: Door) -> bool:
    """False for the other door's pages, and those that the reader's role or powers do not open."""
    guard = getattr(current_app.view_functions.get(endpoint), "guard", None)
    others = {f"{each.value}_" for each in Door if each is not door}
    if guard is None or endpoint.startswith(tuple(others)):
        return False
    return bool(g.viewer.may(guard)) if isinstance(guard, Permission) else True
