"""What a contract says apart from its lines, for a draft and for an amendment; and the small form of a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.contracts.actions.drafting import Basics
from portal.contracts.models import Contract
from portal.contracts.rules.checks import MOST_DAYS, TermsFacts
from portal.contracts.rules.difference import DAY_WORDS, PAYMENT_STARTS
from portal.customers.rules.kinds import DOCUMENT_LANGUAGES
from portal.web.fields import CountField, QuantityField
from portal.web.forms import InnerForm, choices, currency_choices

CLAUSES_MORE = 1


class NewContractForm(FlaskForm):
    """What a new contract is called and how long it lasts."""

    title = StringField(_l("Title"), [InputRequired(), Length(max=160)])
    starts_on = DateField(_l("First day"), [InputRequired()])
    ends_on = DateField(_l("Last day"), [InputRequired()])

    def basics(self, currency: str, language: str) -> Basics:
        """What was typed."""
        return Basics(
            self.title.data or "", self.starts_on.data, self.ends_on.data, currency, language
        )


class ClauseTextForm(InnerForm):
    """One printed clause in both languages; without a title and a text it goes."""

    title_zh = StringField(_l("Clause"), [Length(max=120)])
    title_en = StringField(_l("In English"), [Length(max=160)], render_kw={"lang": "en"})
    body_zh = TextAreaField(_l("Text in Chinese"), [Length(max=4000)], render_kw={"rows": 3})
    body_en = TextAreaField(
        _l("Text in English"), [Length(max=6000)], render_kw={"rows": 3, "lang": "en"}
    )


class PromisesForm(FlaskForm):
    """Payment, notice and promises (REQUIREMENTS C6), and the printed clauses."""

    version = HiddenField()
    ends_on = DateField(_l("Last day"), [InputRequired()])
    payment_days = CountField(_l("Days to pay"), [InputRequired(), NumberRange(0, MOST_DAYS)])
    payment_from = SelectField(_l("counted from"), choices=choices(PAYMENT_STARTS))
    notice_days = CountField(_l("Days of notice"), [InputRequired(), NumberRange(0, MOST_DAYS)])
    renews_automatically = BooleanField(_l("Renews by itself unless notice is given"))
    pickup_from = StringField(
        _l("Pick-up from"), [Length(max=5)], description=_l("For example 08:30")
    )
    pickup_until = StringField(_l("Pick-up until"), [Length(max=5)])
    pickup_days = SelectMultipleField(
        _l("Pick-up days"),
        coerce=int,
        choices=choices(DAY_WORDS),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    response_hours = QuantityField(_l("Response within hours"), [Optional()])
    deemed_confirmation_days = CountField(
        _l("Statements count as confirmed after days"),
        [Optional()],
        description=_l("Empty: silence never confirms"),
    )
    no_minimum_order = BooleanField(_l("No order is too small"))
    minimum_order = StringField(_l("Otherwise: the smallest order"), [Length(max=240)])
    clauses = FieldList(FormField(ClauseTextForm), _l("Clauses"), max_entries=60)
    note = TextAreaField(_l("Remark on the paper"), [Length(max=2000)], render_kw={"rows": 2})

    def terms(self) -> TermsFacts:
        """What was typed."""
        return TermsFacts(
            ends_on=self.ends_on.data,
            payment_days=_whole(self.payment_days.data) or 0,
            payment_from=self.payment_from.data,
            notice_days=_whole(self.notice_days.data) or 0,
            renews_automatically=self.renews_automatically.data,
            pickup_from=(self.pickup_from.data or "").strip(),
            pickup_until=(self.pickup_until.data or "").strip(),
            pickup_days=tuple(self.pickup_days.data or ()),
            response_hours=self.response_hours.data,
            deemed_confirmation_days=_whole(self.deemed_confirmation_days.data),
            no_minimum_order=self.no_minimum_order.data,
            minimum_order=(self.minimum_order.data or "").strip(),
            clauses=tuple(_clauses(self.clauses.data)),
            note=(self.note.data or "").strip(),
        )


class TermsForm(PromisesForm):
    """All of a draft but its lines."""

    title = StringField(_l("Title"), [InputRequired(), Length(max=160)])
    starts_on = DateField(_l("First day"), [InputRequired()])
    currency = SelectField(_l("Currency of the total"), choices=currency_choices)
    language = SelectField(_l("Language of the paper"), choices=choices(DOCUMENT_LANGUAGES))
    payer_id = SelectField(_l("Who pays"), coerce=lambda v: int(v) if v else None)
    internal_note = TextAreaField(
        _l("Internal note"),
        [Length(max=2000)],
        description=_l("Never printed, never shown to the customer"),
        render_kw={"rows": 2},
    )

    def basics(self) -> Basics:
        """What was typed."""
        return Basics(
            self.title.data or "",
            self.starts_on.data,
            self.ends_on.data,
            self.currency.data,
            self.language.data,
            self.payer_id.data,
            (self.internal_note.data or "").strip(),
        )


class AmendmentForm(FlaskForm):
    """From when on, and what for."""

    from_on = DateField(_l("Counts from"), [InputRequired()])
    reason = TextAreaField(
        _l("What is it for?"), [InputRequired(), Length(max=1000)], render_kw={"rows": 2}
    )


class AmendedTermsForm(PromisesForm):
    """An amendment's head and the terms that it brings."""

    from_on = DateField(_l("Counts from"), [InputRequired()])
    reason = TextAreaField(
        _l("What is it for?"), [InputRequired(), Length(max=1000)], render_kw={"rows": 2}
    )


def promises_as_typed(terms: TermsFacts) -> dict[str, Any]:
    """The form's values for stored terms, with room for one more clause."""
    values = {name: getattr(terms, name) for name in terms.__dataclass_fields__}
    for name in ("payment_days", "notice_days", "deemed_confirmation_days"):
        days = values[name]
        values[name] = None if days is None else Decimal(days)
    values["pickup_days"] = list(terms.pickup_days)
    values["clauses"] = [
        *(dict(each) for each in terms.clauses),
        *({} for _ in range(CLAUSES_MORE)),
    ]
    return values


def basics_as_typed(contract: Contract) -> dict[str, Any]:
    """The form's values for what stands on the contract itself."""
    names = ("title", "starts_on", "currency", "language", "payer_id", "internal_note")
    return {name: getattr(contract, name) for name in names}


def _clauses(typed: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    names = ("title_zh", "title_en", "body_zh", "body_en")
    rows = [{name: (each.get(name) or "").strip() for name in names} for each in typed]
    return [row for row in rows if row["title_zh"] or row["body_zh"] or row["body_en"]]


def _whole(number: Decimal | None) -> int | None:
    return None if number is None else int(number)
