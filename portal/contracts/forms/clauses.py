"""The form of a clause."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.contracts.actions.clauses import ClauseFacts
from portal.customers.forms import VersionedForm


class ClauseForm(VersionedForm):
    """A text block in Chinese, perhaps in English, for every contract or for one kind of service."""

    title_zh = StringField(_l("Title in Chinese"), [InputRequired(), Length(max=120)])
    title_en = StringField(_l("Title in English"), [Length(max=160)], render_kw={"lang": "en"})
    body_zh = TextAreaField(_l("Text in Chinese"), [InputRequired(), Length(max=4000)])
    body_en = TextAreaField(_l("Text in English"), [Length(max=6000)], render_kw={"lang": "en"})
    scope = SelectField(_l("For contracts with"))
    position = IntegerField(
        _l("Order"), [Optional(), NumberRange(min=0, max=9999)], render_kw={"inputmode": "numeric"}
    )
    active = BooleanField(_l("New contracts start with it"), default=True)

    @property
    def facts(self) -> ClauseFacts:
        """What was typed."""
        return ClauseFacts(
            title_zh=(self.title_zh.data or "").strip(),
            body_zh=(self.body_zh.data or "").strip(),
            title_en=(self.title_en.data or "").strip(),
            body_en=(self.body_en.data or "").strip(),
            scope=self.scope.data or "",
            position=self.position.data or 0,
            active=bool(self.active.data),
        )
