"""Who did a thing, in the reader's language."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale
from markupsafe import Markup

from portal.access.viewer import SYSTEM
from portal.web.words import actor_word, say


@pytest.mark.parametrize(("locale", "said"), [("zh_CN", "系统"), ("en", "The system")])
def test_what_nobody_did_by_hand_is_the_systems_in_both_languages(
    app: Flask, locale: str, said: str
) -> None:
    with app.test_request_context(), force_locale(locale):
        assert actor_word(SYSTEM.name) == said
        assert actor_word("钱伟") == "钱伟"


def test_what_is_marked_up_is_not_marked_up_again() -> None:
    shown = say(Markup("<time>2026-03-02</time>"))
    assert isinstance(shown, Markup) and shown == Markup("<time>2026-03-02</time>")
    assert not isinstance(say("<time>"), Markup)
