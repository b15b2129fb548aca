"""Who did a thing, in the reader's language."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.access.viewer import SYSTEM
from portal.web.words import actor_word


@pytest.mark.parametrize(("locale", "said"), [("zh_CN", "系统"), ("en", "The system")])
def test_what_nobody_did_by_hand_is_the_systems_in_both_languages(
    app: Flask, locale: str, said: str
) -> None:
    with app.test_request_context(), force_locale(locale):
        assert actor_word(SYSTEM.name) == said
        assert actor_word("钱伟") == "钱伟"
