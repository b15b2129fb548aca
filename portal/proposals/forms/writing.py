"""What is typed: a new proposal, its sections in two languages, an outline."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from portal.proposals.labels import LANGUAGES
from portal.proposals.rules.sections import LONGEST_TEXT, LONGEST_TITLE, MOST_SECTIONS, Part
from portal.web.forms import InnerForm, choices

ROWS = {"rows": 7, "spellcheck": "true"}


class SectionForm(InnerForm):
    """One section: heading and Markdown in each language."""

    title_zh = StringField(_l("Chinese heading"), [Length(max=LONGEST_TITLE)])
    zh = TextAreaField(_l("Chinese text"), [Length(max=LONGEST_TEXT)], render_kw=ROWS)
    title_en = StringField(_l("English heading"), [Length(max=LONGEST_TITLE)])
    en = TextAreaField(_l("English text"), [Length(max=LONGEST_TEXT)], render_kw=ROWS)


class Sections(FlaskForm):
    """A form with sections; `do` names what else was asked for: add, up:1, down:0, remove:2."""

    sections = FieldList(FormField(SectionForm), label=_l("Sections"), max_entries=MOST_SECTIONS)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The sections as they were typed, empty ones too."""
        return tuple(
            Part(
                each.title_zh.data or "", each.title_en.data or "", each.zh.data or "", each.en.data or ""
            )
            for each in (entry.form for entry in self.sections)
        )  # fmt: skip


class NewForm(FlaskForm):
    """What is proposed, in which language, divided how."""

    title = StringField(_l("What is proposed"), [InputRequired(), Length(max=160)])
    language = SelectField(_l("Language of the paper"), choices=choices(LANGUAGES))
    outline_id = SelectField(_l("Outline"))


class DraftForm(Sections):
    """A draft as it is written."""

    version = HiddenField()
    title = StringField(_l("What is proposed"), [InputRequired(), Length(max=160)])
    language = SelectField(_l("Language of the paper"), choices=choices(LANGUAGES))
    contact_id = SelectField(_l("Addressed to"))
    quotation_version_id = SelectField(_l("Prices of"))
    change_note = StringField(_l("What is new in this version"), [Length(max=500)])


class OutlineForm(Sections):
    """An outline of the firm's own."""

    name_zh = StringField(_l("Chinese name"), [InputRequired(), Length(max=60)])
    name_en = StringField(_l("English name"), [Length(max=80)])
    active = BooleanField(_l("In use"))
