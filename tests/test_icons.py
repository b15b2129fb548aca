"""Icons: the vendored file inside, and what a screen reader hears."""

from __future__ import annotations

import pytest

from portal.web.icons import FOLDER, icon


def test_an_icon_is_the_vendored_file_unchanged():
    assert (FOLDER / "check-lg.svg").read_text(encoding="utf-8").strip() in icon("check-lg")


def test_an_icon_beside_a_word_is_hidden_from_screen_readers():
    assert 'aria-hidden="true"' in icon("check-lg") and "aria-label" not in icon("check-lg")


def test_an_icon_that_stands_alone_says_its_label():
    assert 'role="img" aria-label="Done"' in icon("check-lg", "Done")


def test_a_label_cannot_break_out_of_its_attribute():
    assert '"><b>' not in icon("check-lg", '"><b>')


@pytest.mark.parametrize("name", ["no-such-icon", "../htmx/LICENSE", "", "check-lg.svg", "Check-lg"])
def test_a_name_that_is_no_vendored_icon_is_told(name):
    with pytest.raises(LookupError, match="no icon"):
        icon(name)
