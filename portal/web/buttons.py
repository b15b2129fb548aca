"""A step as a button in a cell of a list."""

from __future__ import annotations

from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from portal.kernel.text import Text
from portal.web.icons import icon
from portal.web.words import say

FORM = Markup(
    '<form method="post" action="{}" class="inline-form"><input type="hidden" name="csrf_token" value="{}">'
    '<button type="submit" class="btn btn-plain btn-sm">{}{}</button></form>'
)


def step_button(url: str, words: Text, icon_name: str) -> Markup:
    """One press takes the step at this address; the rest of the row still leads to its page."""
    return FORM.format(url, generate_csrf(), icon(icon_name), say(words))
