"""The forms of what the desk has at hand: canned replies and categories."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.accounts.forms import Ticks
from portal.customers.forms import VersionedForm
from portal.service_requests.actions.canned import CannedFacts
from portal.service_requests.actions.categories import CategoryFacts
from portal.service_requests.rules.kinds import KIND_WORDS
from portal.web.forms import choices

LONGEST_TEXT = 4000


class CannedForm(VersionedForm):
    """An answer at hand in Chinese, perhaps in English, for some kinds of request or for all."""

    name = StringField(
        _l("Name"), [InputRequired(), Length(max=80)], render_kw={"autocomplete": "off"}
    )
    text_zh = TextAreaField(
        _l("Text in Chinese"), [InputRequired(), Length(max=LONGEST_TEXT)], render_kw={"rows": 6}
    )
    text_en = TextAreaField(
        _l("Text in English"), [Length(max=LONGEST_TEXT)], render_kw={"rows": 6, "lang": "en"}
    )
    kinds = Ticks(_l("Offered for"), choices=choices(KIND_WORDS))
    active = BooleanField(_l("Offered"), default=True)

    @property
    def facts(self) -> CannedFacts:
        """What was typed."""
        return CannedFacts(
            name=" ".join((self.name.data or "").split()),
            text_zh=_lines(self.text_zh.data),
            text_en=_lines(self.text_en.data),
            kinds=tuple(self.kinds.data or ()),
            active=bool(self.active.data),
        )


class CategoryForm(VersionedForm):
    """A category of either level."""

    name_zh = StringField(_l("Name in Chinese"), [InputRequired(), Length(max=60)])
    name_en = StringField(_l("Name in English"), [Length(max=80)], render_kw={"lang": "en"})
    code = StringField(
        _l("Code"), [InputRequired(), Length(max=24)], render_kw={"autocomplete": "off"}
    )
    parent_id = SelectField(_l("Below"), coerce=lambda v: int(v) if v else None)
    kinds = Ticks(_l("Offered for"), choices=choices(KIND_WORDS))
    position = IntegerField(
        _l("Order"), [Optional(), NumberRange(min=0, max=9999)], render_kw={"inputmode": "numeric"}
    )
    active = BooleanField(_l("Offered"), default=True)

    @property
    def facts(self) -> CategoryFacts:
        """What was typed."""
        return CategoryFacts(
            code=(self.code.data or "").strip().lower(),
            name_zh=(self.name_zh.data or "").strip(),
            name_en=(self.name_en.data or "").strip(),
            parent_id=self.parent_id.data,
            kinds=tuple(self.kinds.data or ()),
            position=self.position.data or 0,
            active=bool(self.active.data),
        )


def _lines(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()
