"""The forms of the desk's billing: a run, a revision, a decision, a credit."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from portal.web.fields import AmountField, QuantityField, RateField

LONGEST_REASON = 500
LONGEST_DECISION = 2000
REASON_ROWS = {"rows": 3}


class RunForm(FlaskForm):
    """Which month is billed, and whether for everybody."""

    month = SelectField(_l("Period"), [InputRequired()])
    whom = RadioField(
        _l("For whom"),
        [InputRequired()],
        choices=[
            SelectChoice("all", _l("All customers")),
            SelectChoice("one", _l("One customer")),
        ],
        default="all",
    )
    customer = StringField(_l("Customer"), [Length(max=80)])


class PublishForm(FlaskForm):
    """What was read before it is published."""

    version = HiddenField()


class ReviseForm(FlaskForm):
    """A published line ends, or is replaced by another; the statement gets its next revision."""

    version = HiddenField()
    way = RadioField(
        _l("What is to be done"),
        [InputRequired()],
        choices=[
            SelectChoice("replace", _l("Replace it by a corrected line")),
            SelectChoice("end", _l("Take it off")),
        ],
        default="replace",
    )
    quantity = QuantityField(_l("Quantity"))
    rate = RateField(_l("Rate"))
    amount = AmountField(_l("Amount"))
    note = StringField(_l("Note on the line"), [Length(max=LONGEST_REASON)])
    reason = TextAreaField(
        _l("Why is it corrected? The customer reads this."),
        [InputRequired(), Length(max=LONGEST_REASON)],
        render_kw=REASON_ROWS,
    )


class AcceptForm(FlaskForm):
    """How much of a dispute is granted, with an answer to the customer."""

    version = HiddenField()
    amount = AmountField(_l("Amount granted, with tax"), [InputRequired()])
    reason = TextAreaField(
        _l("Answer to the customer"), [Length(max=LONGEST_DECISION)], render_kw=REASON_ROWS
    )


class RejectForm(FlaskForm):
    """Why the line stands."""

    version = HiddenField()
    reason = TextAreaField(
        _l("Why does the line stand? The customer reads this."),
        [InputRequired(), Length(max=LONGEST_DECISION)],
        render_kw=REASON_ROWS,
    )


class CreditForm(FlaskForm):
    """A credit that no dispute asked for."""

    name_zh = StringField(_l("What it says on the statement"), [InputRequired(), Length(max=200)])
    name_en = StringField(_l("The same in English"), [Length(max=240)])
    currency = SelectField(_l("Currency"), [InputRequired()])
    tax_class = SelectField(_l("Tax"), [InputRequired()])
    amount = AmountField(_l("Amount with tax"), [InputRequired()])
    reason = TextAreaField(
        _l("Why is it given?"), [InputRequired(), Length(max=1000)], render_kw=REASON_ROWS
    )
