"""What goes back of a receipt."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from portal.receivables.actions.refunds import LONGEST, RefundFacts
from portal.web.fields import AmountField

NEEDED = InputRequired()


class RefundForm(FlaskForm):
    """Money that was paid too much goes back to the customer."""

    amount = AmountField(_l("Amount"), [NEEDED])
    on = DateField(_l("Day"), [NEEDED])
    paid_to = StringField(_l("Paid to"), [Length(max=LONGEST["paid_to"])])
    bank_reference = StringField(_l("Bank reference"), [Length(max=LONGEST["bank_reference"])])
    reason = StringField(_l("Why?"), [NEEDED, Length(max=LONGEST["reason"])])

    def facts(self) -> RefundFacts:
        """What was typed, as the action takes it."""
        return RefundFacts(
            self.amount.data or Decimal(0), self.on.data, self.reason.data or "",
            self.paid_to.data or "", self.bank_reference.data or "",
        )  # fmt: skip
