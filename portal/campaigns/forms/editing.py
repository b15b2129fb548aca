"""What campaigns, notices and offers share: an edit that knows its version, texts in two languages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from portal.campaigns.rules.writing import Written

SEVERAL_LINES = {"rows": 10, "spellcheck": "true"}


class Edited(FlaskForm):
    """An edit that knows which version of the record it was begun on."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version the form was read at; 0 when it says nothing sensible, so that every change counts."""
        return int(self.version.data) if (self.version.data or "").isdecimal() else 0


class TextsForm(Edited):
    """A title and a Markdown text in two languages."""

    title_zh = StringField(_l("Chinese title"), [Length(max=120)])
    text_zh = TextAreaField(_l("Chinese text"), render_kw=SEVERAL_LINES)
    title_en = StringField(_l("English title"), [Length(max=160)])
    text_en = TextAreaField(_l("English text"), render_kw=SEVERAL_LINES)

    def written(self) -> Written:
        """What was typed."""
        return Written(
            self.title_zh.data or "", self.title_en.data or "", self.text_zh.data or "", self.text_en.data or ""
        )  # fmt: skip
