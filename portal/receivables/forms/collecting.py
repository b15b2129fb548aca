"""Forms around one open item: brought forward, promised, disputed, written off; and the span of an account."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.web.fields import AmountField
from portal.web.forms import currency_choices

NEEDED = InputRequired()
TWO_ROWS = {"rows": 2}
REASON = [NEEDED, Length(max=500)]


class OpeningForm(FlaskForm):
    """An open item of the books before the portal."""

    reference = StringField(_l("Reference"), [NEEDED, Length(max=60)])
    currency = SelectField(_l("Currency"), [NEEDED], choices=currency_choices)
    amount = AmountField(_l("Amount"), [NEEDED])
    issued_on = DateField(_l("Issued on"), [NEEDED])
    due_on = DateField(_l("Due"), [NEEDED])
    note = StringField(_l("Note"), [Length(max=500)])


class PromiseForm(FlaskForm):
    """By when the customer says that it pays."""

    promised_on = DateField(_l("Pays by"), [NEEDED])
    note = StringField(_l("What was said"), [Length(max=500)])


class DisputedForm(FlaskForm):
    """How much of an item from the old books is disputed."""

    amount = AmountField(_l("Disputed amount"), [NEEDED])
    reason = StringField(_l("Why?"), REASON)


class WriteOffForm(FlaskForm):
    """What is given up."""

    version = HiddenField()
    amount = AmountField(_l("Amount"), [NEEDED])
    reason = TextAreaField(_l("Why is it given up?"), REASON, render_kw=TWO_ROWS)
