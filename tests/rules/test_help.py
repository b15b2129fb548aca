"""The book of help: every page in both languages, alike in build, and nothing in it that leads nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.help import shelf
from portal.help.rules import book, text
from portal.help.rules.book import BOOK, BY_KEY, Door, page_about
from portal.web.markdown import rendered

STATIC = Path(__file__).resolve().parents[2] / "static" / "help"
KEYS = [page.key for page in BOOK]
MOST_PICTURES, MOST_BYTES = 20, 60_000


def pictures() -> set[str]:
    """The names of the pictures that any page shows."""
    pages = (shelf.page(key, language) for key in KEYS for language in shelf.LANGUAGES)
    return {name for page in pages for kind, name in text.named(page.body) if kind == "picture"}


def test_the_folder_holds_the_book_and_nothing_else() -> None:
    for language in shelf.LANGUAGES:
        files = {path.stem for path in (shelf.FOLDER / language).iterdir()}
        assert files == set(KEYS), language


@pytest.mark.parametrize("key", KEYS)
def test_a_page_is_built_alike_in_both_languages(key: str) -> None:
    zh, en = (shelf.page(key, language) for language in shelf.LANGUAGES)
    assert len(zh.headings) == len(en.headings) >= 3
    assert text.named(zh.body) == text.named(en.body)
    assert zh.title != en.title


@pytest.mark.parametrize("key", KEYS)
def test_links_inside_help_lead_to_pages_of_the_same_door(key: str) -> None:
    for kind, name in text.named(shelf.page(key, "en").body):
        if kind == "help":
            assert BY_KEY[key].doors <= BY_KEY[name].doors


def test_every_picture_is_there_small_and_shown_somewhere() -> None:
    files = {path.name: path.stat().st_size for path in STATIC.glob("*.webp")}
    wanted = {f"{name}.{language}.webp" for name in pictures() for language in ("zh", "en")}
    assert set(files) == wanted
    assert len(files) <= MOST_PICTURES and max(files.values()) <= MOST_BYTES


def test_customers_are_led_to_no_page_of_the_desk() -> None:
    for page in book.pages_for(Door.MY):
        for kind, name in text.named(shelf.page(page.key, "en").body):
            assert kind != "page" or not name.startswith("desk_"), page.key


def test_the_nearest_page_of_help_is_chosen() -> None:
    assert page_about("desk_admin.health", Door.DESK) is BY_KEY["health"]
    assert page_about("desk_admin.settings", Door.DESK) is BY_KEY["owner"]
    assert page_about("desk_admin.settings", Door.MY) is None


def test_a_title_weighs_more_than_a_mention() -> None:
    pages = [(key, shelf.page(key, "en")) for key in KEYS]
    assert text.find("backup restore", pages)[0].key == "backup"
    assert text.find("no such word here", pages) == [] and text.find(" ", pages) == []


def test_chinese_words_are_found() -> None:
    pages = [(key, shelf.page(key, "zh_CN")) for key in KEYS]
    assert text.find("备份 恢复", pages)[0].key == "backup"


def test_a_page_without_a_title_is_refused() -> None:
    with pytest.raises(ValueError, match="title"):
        text.written("Backup\n\nText")


def test_the_portals_pictures_stand_in_no_text_that_people_write() -> None:
    written = "![a](picture:health) [b](picture:health)"
    assert "picture:" not in rendered(written) and "<img" not in rendered(written)
    assert '<img src="/static/x"' in rendered(written, picture_url=lambda _name: "/static/x")
