"""Forms of settlement terms, applications, holds, lifts and the blacklist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from portal.catalogue.rules.exchange import RateRule
from portal.customers.rules.settlement import (
    DUE_FROM_WORDS,
    SETTLEMENT_WORDS,
    DueFrom,
    Rating,
    SettlementKind,
)
from portal.kernel.errors import Invalid
from portal.kernel.money import CURRENCIES
from portal.kernel.text import t
from portal.receivables.rules.settlement import TermsFacts
from portal.receivables.rules.terms_words import RATE_RULE_WORDS
from portal.web.fields import AmountField, RateField, plain_number, read_number
from portal.web.forms import choices, currency_choices
from portal.web.words import say

NEEDED = InputRequired()
ROWS = {"rows": 3}
SIMPLE = (
    "kind", "currency", "one_currency", "rate_rule", "payment_days", "due_from", "next_working_day",
    "reconciliation_day", "reconciliation_contact_id", "confirm_days", "grace_days", "rating", "credit_limit",
    "late_fee_percent",
)  # fmt: skip
NOBODY = SelectChoice("", "—")


def _contact_id(value: Any) -> int | None:
    return int(value) if value not in (None, "") else None


def read_rates(typed: str) -> dict[str, Decimal]:
    """`USD 7.12; EUR 7.80` as rates by currency. Raises Invalid for what cannot be read."""
    found: dict[str, Decimal] = {}
    for part in typed.replace("=", " ").replace("；", ";").replace("\n", ";").split(";"):
        words = part.split()
        if not words:
            continue
        rate = read_number(words[1]) if len(words) == 2 else None
        if rate is None or words[0].upper() not in CURRENCIES:
            raise Invalid(t("Write them like: USD 7.12; EUR 7.80"))
        found[words[0].upper()] = rate
    return found


def shown_rates(rates: Mapping[str, Decimal]) -> str:
    """The same the other way."""
    return "; ".join(f"{code} {plain_number(rate)}" for code, rate in sorted(rates.items()))


class AskedTermsForm(FlaskForm):
    """The terms that a customer may ask for."""

    kind = SelectField(_l("Settlement"), [NEEDED], choices=choices(SETTLEMENT_WORDS))
    currency = SelectField(_l("Currency"), [NEEDED], choices=currency_choices)
    payment_days = IntegerField(_l("Days to pay"), [Optional()])
    due_from = SelectField(_l("Days counted from"), [NEEDED], choices=choices(DUE_FROM_WORDS))
    credit_limit = AmountField(_l("Credit limit"))
    reconciliation_day = IntegerField(_l("Reconciliation day of the month"), [NEEDED])
    reconciliation_contact_id = SelectField(
        _l("Reconciliation contact"), [Optional()], coerce=_contact_id
    )

    def facts(self, before: TermsFacts) -> TermsFacts:
        """The terms as typed; what this form does not ask for stays as it was."""
        found = {name: self[name].data for name in SIMPLE if name in self}
        found["kind"], found["due_from"] = SettlementKind(found["kind"]), DueFrom(found["due_from"])
        if "rate_rule" in found:
            found["rate_rule"] = RateRule(found["rate_rule"])
            found["late_fee_percent"] = found["late_fee_percent"] or Decimal(0)
            found["agreed_rates"] = read_rates(self["agreed_rates"].data or "")
        return replace(before, **found)


class TermsForm(AskedTermsForm):
    """All settlement terms of a customer."""

    version = HiddenField()
    one_currency = BooleanField(_l("One statement in this currency, everything converted"))
    rate_rule = SelectField(_l("Rate of exchange"), [NEEDED], choices=choices(RATE_RULE_WORDS))
    agreed_rates = StringField(_l("Agreed rates"), [Length(max=300)])
    next_working_day = BooleanField(_l("A due day that is no working day moves to the next one"))
    confirm_days = IntegerField(_l("Days to answer a statement"), [NEEDED])
    grace_days = IntegerField(_l("Days overdue before credit is held"), [NEEDED])
    rating = SelectField(
        _l("Rating"),
        [Optional()],
        choices=[NOBODY, *(SelectChoice(each.value, each.value) for each in Rating)],
    )
    late_fee_percent = RateField(_l("Late fee, percent a day"))
    reason = TextAreaField(_l("Why is it changed?"), [Length(max=500)], render_kw=ROWS)

    def validate_agreed_rates(self, field: Any) -> None:
        """Readable, or told at the field."""
        try:
            read_rates(field.data or "")
        except Invalid as error:
            raise ValidationError(say(error.text)) from error


class ApplicationForm(AskedTermsForm):
    """What is asked for, and why."""

    reason = TextAreaField(_l("Why?"), [NEEDED, Length(max=1000)], render_kw=ROWS)


def filled(
    form: type[AskedTermsForm], facts: TermsFacts, contacts: Sequence[Any], **more: Any
) -> Any:
    """A form over these terms, with the customer's contacts to choose from."""
    shown = {each.name: getattr(facts, each.name) for each in fields(facts)}
    shown["agreed_rates"] = shown_rates(facts.agreed_rates)
    drawn = form(data={**shown, **more})
    drawn.reconciliation_contact_id.choices = [
        NOBODY,
        *(SelectChoice(each.id, each.name) for each in contacts),
    ]
    return drawn


class LiftForm(FlaskForm):
    """Orders are to be let in until a day."""

    until_on = DateField(_l("Until"), [NEEDED])
    reason = StringField(_l("Why?"), [NEEDED, Length(max=1000)])


class BlacklistForm(FlaskForm):
    """No quotation, no order, no credit."""

    until_on = DateField(_l("Until; empty: until it is cleared"), [Optional()])
    reason = StringField(_l("Why?"), [NEEDED, Length(max=500)])
