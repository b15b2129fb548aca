"""A state in a cell: mark and word, in the reader's language."""

from __future__ import annotations

import pytest

from portal.kernel.text import t
from portal.web import words
from portal.web.chips import chip
from portal.web.flask_app import PortalApp
from portal.web.labels import INACTIVE, Label


@pytest.mark.parametrize(("locale", "word"), [("en", "Inactive"), ("zh_CN", "已停用")])
def test_a_chip_speaks_the_readers_language(app: PortalApp, locale: str, word: str):
    with app.test_request_context():
        words.read_in(locale)
        assert word in chip(INACTIVE) and "chip-neutral" in chip(INACTIVE)


def test_words_in_a_chip_are_escaped(app: PortalApp):
    with app.test_request_context():
        assert "&lt;b&gt;" in chip(Label(t("<b>")))
