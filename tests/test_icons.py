"""Icons: one file with every vendored picture, and what a screen reader hears."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from portal.web.icons import FOLDER, SPRITE, icon, sprite


@pytest.fixture(autouse=True)
def request_context():
    with Flask("portal").test_request_context():
        yield


def test_the_sprite_holds_exactly_the_vendored_pictures():
    assert SPRITE.read_text(encoding="utf-8") == sprite(), "run write_sprite()"


def test_every_picture_keeps_its_drawing():
    symbols = dict(re.findall(r'<symbol id="([^"]+)"[^>]*>(.*)</symbol>', sprite()))
    for path in FOLDER.glob("*.svg"):
        drawing = path.read_text(encoding="utf-8").replace("\n", "")
        assert re.findall(r' d="[^"]+"', drawing) == re.findall(r' d="[^"]+"', symbols[path.stem])


def test_an_icon_points_into_the_sprite_under_an_address_that_changes_with_it():
    assert re.search(r'href="/static/icons/sprite.svg\?v=[0-9a-f]{12}#check-lg"', icon("check-lg"))


def test_an_icon_beside_a_word_is_hidden_from_screen_readers():
    assert 'aria-hidden="true"' in icon("check-lg") and "aria-label" not in icon("check-lg")


def test_an_icon_that_stands_alone_says_its_label():
    assert 'role="img" aria-label="Done"' in icon("check-lg", "Done")


def test_a_label_cannot_break_out_of_its_attribute():
    assert '"><b>' not in icon("check-lg", '"><b>')


@pytest.mark.parametrize(
    "name", ["no-such-icon", "../htmx/LICENSE", "", "check-lg.svg", "Check-lg"]
)
def test_a_name_that_is_no_vendored_icon_is_told(name):
    with pytest.raises(LookupError, match="no icon"):
        icon(name)
