"""Forms of articles, shelves and verdicts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.accounts.forms import Ticks
from portal.customers.rules.kinds import SEGMENTS
from portal.knowledge.rules.kinds import AUDIENCE_WORDS, Audience
from portal.knowledge.rules.writing import Written
from portal.web.forms import choices

SEVERAL_LINES = {"rows": 14, "spellcheck": "true"}


class Edited(FlaskForm):
    """An edit that knows which version of the record it was begun on."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version the form was read at; 0 when it says nothing sensible, so that every change counts."""
        return int(self.version.data) if (self.version.data or "").isdecimal() else 0


class ArticleForm(Edited):
    """An article: its texts, for whom it is, when it is looked over."""

    title_zh = StringField(_l("Chinese title"), [Length(max=160)])
    body_zh = TextAreaField(_l("Chinese text"), render_kw=SEVERAL_LINES)
    title_en = StringField(_l("English title"), [Length(max=200)])
    body_en = TextAreaField(_l("English text"), render_kw=SEVERAL_LINES)
    keywords = StringField(_l("Keywords"), [Length(max=300)])
    category_id = SelectField(_l("Shelf"))
    audience = SelectField(_l("For whom"), choices=choices(AUDIENCE_WORDS))
    tiers = Ticks(_l("Customer tiers"), choices=choices(SEGMENTS))
    review_on = DateField(_l("Look it over on"), [Optional()])
    expires_on = DateField(_l("Last day for customers"), [Optional()])

    def written(self) -> Written:
        """What was typed."""
        return Written(
            title_zh=self.title_zh.data or "",
            body_zh=self.body_zh.data or "",
            title_en=self.title_en.data or "",
            body_en=self.body_en.data or "",
            keywords=self.keywords.data or "",
            audience=Audience(self.audience.data),
            tiers=tuple(self.tiers.data or ()),
            category_id=int(self.category_id.data) if self.category_id.data else None,
            review_on=self.review_on.data,
            expires_on=self.expires_on.data,
        )


class ReviewForm(FlaskForm):
    """When to look again."""

    review_on = DateField(_l("Look again on"), [Optional()])


class ShelfForm(Edited):
    """A shelf of the knowledge base."""

    name_zh = StringField(_l("Chinese name"), [InputRequired(), Length(max=60)])
    name_en = StringField(_l("English name"), [Length(max=80)])
    parent_id = SelectField(_l("Stands in"))
    position = IntegerField(_l("Order"), [Optional(), NumberRange(0, 9999)], default=0)
    active = BooleanField(_l("In use"), default=True)


class VerdictForm(FlaskForm):
    """Whether an article helped. Its buttons say which; a comment says why."""

    comment = TextAreaField(
        _l("What was missing, or what would have helped?"), [Length(max=500)], render_kw={"rows": 2}
    )


class ArticleFileForm(FlaskForm):
    """A file of an article."""

    file = FileField(
        _l("File"),
        render_kw={"accept": "application/pdf,image/png,image/jpeg,.xlsx", "required": True},
    )
