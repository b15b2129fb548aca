"""How it is offered, and the small forms of a quotation's steps."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Email, InputRequired, Length, Optional

from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.quotations.actions.drafting import Offer
from portal.quotations.labels import LANGUAGES
from portal.web.forms import choices, currency_choices

MOST_TERMS = 30
BETWEEN = " || "
"""Parts Chinese and English of one term, a line each."""


class OfferForm(FlaskForm):
    """Title and contact, validity, language, currency, terms, notes."""

    version = HiddenField()
    title = StringField(_l("Title"), [InputRequired(), Length(max=160)])
    contact_id = SelectField(_l("Contact"), coerce=lambda v: int(v) if v else None)
    valid_until = DateField(_l("Valid until"), [InputRequired()])
    language = SelectField(_l("Language of the paper"), choices=choices(LANGUAGES))
    total_currency = SelectField(_l("Currency of the total"), choices=currency_choices)
    shows_converted_total = BooleanField(_l("Show one converted total"))
    hides_zero_lines = BooleanField(_l("Hide free charges on the paper"))
    terms_zh = TextAreaField(
        _l("Terms in Chinese"),
        [Length(max=6000)],
        description=_l("One term a line"),
        render_kw={"rows": 6},
    )
    terms_en = TextAreaField(
        _l("Terms in English"),
        [Length(max=6000)],
        description=_l("One term a line, in the same order"),
        render_kw={"rows": 6, "lang": "en"},
    )
    note = TextAreaField(_l("Note to the customer"), [Length(max=2000)], render_kw={"rows": 2})
    internal_note = TextAreaField(
        _l("Internal note"),
        [Length(max=2000)],
        description=_l("Never printed, never shown to the customer"),
        render_kw={"rows": 2},
    )

    def offer(self) -> Offer:
        """What was typed. Invalid for too many terms."""
        chinese, english = _lines(self.terms_zh.data), _lines(self.terms_en.data)
        count = max(len(chinese), len(english))
        if count > MOST_TERMS:
            raise Invalid(t("At most %(most)s terms.", most=MOST_TERMS), "terms_zh")
        padded = [side + [""] * (count - len(side)) for side in (chinese, english)]
        return Offer(
            valid_until=self.valid_until.data,
            language=self.language.data,
            total_currency=self.total_currency.data,
            shows_converted_total=self.shows_converted_total.data,
            hides_zero_lines=self.hides_zero_lines.data,
            terms=tuple(zip(*padded, strict=True)),
            note=(self.note.data or "").strip(),
            internal_note=(self.internal_note.data or "").strip(),
        )


def terms_as_typed(terms: Sequence[dict[str, str]]) -> dict[str, str]:
    """The form's values for stored terms."""
    return {
        "terms_zh": "\n".join(term.get("zh", "") for term in terms),
        "terms_en": "\n".join(term.get("en", "") for term in terms),
    }


def _lines(typed: str | None) -> list[str]:
    lines = [line.strip() for line in (typed or "").splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


class LinkForm(FlaskForm):
    """A link for a contact without a login."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=120)])
    email = EmailField(_l("Mail"), [InputRequired(), Email(), Length(max=254)])


class AnswerForm(FlaskForm):
    """Our answer to a question."""

    answer = TextAreaField(_l("Answer"), [InputRequired(), Length(max=2000)], render_kw={"rows": 2})


class CopyForm(FlaskForm):
    """A copy for this or another customer."""

    customer = StringField(_l("Customer"), [Length(max=80)])
    title = StringField(_l("Title"), [Optional(), Length(max=160)])


class HandOverForm(FlaskForm):
    """Who looks after the quotation from now on."""

    owner_id = SelectField(_l("New owner"), coerce=int)
