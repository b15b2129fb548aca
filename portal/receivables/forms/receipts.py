"""Forms of money that came in: the receipt, what it pays for, deposits, the bank's file and its rows."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from portal.receivables.actions.receipts import ReceiptFacts
from portal.receivables.rules.allocation import Owed, Share, Wish
from portal.receivables.rules.kinds import RECEIPT_WORDS, ReceiptKind
from portal.web.fields import AmountField, RateField
from portal.web.forms import choices, currency_choices

LONGEST_REASON = 500
NEEDED = InputRequired()


class ReceiptForm(FlaskForm):
    """What came in."""

    kind = RadioField(
        _l("What for"), [NEEDED], choices=choices(RECEIPT_WORDS), default=ReceiptKind.PAYMENT.value
    )
    received_on = DateField(_l("Day of receipt"), [NEEDED])
    amount = AmountField(_l("Amount received"), [NEEDED])
    currency = SelectField(_l("Currency"), [NEEDED], choices=currency_choices)
    bank_charge = AmountField(_l("Bank charge"))
    account = StringField(_l("Our account"), [Length(max=80)])
    bank_reference = StringField(_l("Bank reference"), [Length(max=80)])
    payer_name = StringField(_l("Payer"), [Length(max=160)])
    note = TextAreaField(_l("Note"), [Length(max=500)], render_kw={"rows": 2})

    def facts(self) -> ReceiptFacts:
        """What was typed, as the action takes it."""
        return ReceiptFacts(
            received_on=self.received_on.data,
            currency=self.currency.data,
            amount=self.amount.data or Decimal(0),
            kind=ReceiptKind(self.kind.data),
            bank_charge=self.bank_charge.data or Decimal(0),
            **{name: getattr(self, name).data or "" for name in ("account", "bank_reference", "payer_name", "note")},
        )  # fmt: skip


class AllocateForm(FlaskForm):
    """What a receipt pays for: an amount for each open item; across currencies a rate and the share of the receipt."""

    version = HiddenField()
    on = DateField(_l("Counts from"), [NEEDED])

    def amount(self, owed_id: int) -> Any:
        """What comes off the open item, in its currency."""
        return self[f"amount-{owed_id}"]

    def taken(self, owed_id: int) -> Any:
        """How much of the receipt is taken for an item in another currency."""
        return self[f"taken-{owed_id}"]

    def rate(self, owed_id: int) -> Any:
        """What one unit of the receipt's currency is worth in the item's."""
        return self[f"rate-{owed_id}"]

    def wishes(self, owed: Iterable[Owed], currency: str) -> list[Wish]:
        """Every item for which something was typed."""
        found = []
        for each in owed:
            amount = self.amount(each.id).data
            if each.currency == currency:
                if amount:
                    found.append(Wish(each.id, amount))
                continue
            taken = self.taken(each.id).data
            if amount or taken:
                found.append(Wish(each.id, amount or None, taken or None, self.rate(each.id).data))
        return found


def allocate_form(
    owed: Iterable[Owed], currency: str, proposed: Iterable[Share], rates: dict[str, Decimal], **values: Any
) -> AllocateForm:  # fmt: skip
    """The form for these open items, the proposal filled in."""
    shares = {each.receivable_id: each.amount for each in proposed}
    fields: dict[str, Any] = {}
    for each in owed:
        fields[f"amount-{each.id}"] = AmountField(_l("Amount"), default=shares.get(each.id))
        if each.currency != currency:
            fields[f"taken-{each.id}"] = AmountField(_l("Of the receipt"))
            fields[f"rate-{each.id}"] = RateField(
                _l("Rate of exchange"), default=rates.get(each.currency)
            )
    form: AllocateForm = type("AllocateOver", (AllocateForm,), fields)(data=values)
    return form


class DepositForm(FlaskForm):
    """A deposit, or a part of it, is given back or set off."""

    way = RadioField(
        _l("What happens to it"),
        [NEEDED],
        choices=[
            SelectChoice("set_off", _l("Set off against what is owed")),
            SelectChoice("refund", _l("Refund it")),
        ],
        default="set_off",
    )
    amount = AmountField(_l("Amount"), [NEEDED])
    on = DateField(_l("Day"), [NEEDED])
    reason = StringField(_l("Why?"), [NEEDED, Length(max=LONGEST_REASON)])


class BankFileForm(FlaskForm):
    """A bank's file, and what it may not say itself."""

    file = FileField(_l("File"), render_kw={"accept": ".xlsx,.csv"})
    account = StringField(_l("Our account"), [Length(max=80)])
    currency = SelectField(_l("Currency"), choices=currency_choices, default="CNY")
    allocate = BooleanField(_l("Allocate at once, oldest due first"), default=True)


class MatchForm(FlaskForm):
    """Whose money a row of a bank's file is."""

    version = HiddenField()
    customer_id = HiddenField()
    kind = SelectField(
        _l("What for"),
        choices=choices(RECEIPT_WORDS),
        default=ReceiptKind.PAYMENT.value,
        validators=[Optional()],
    )
    allocate = BooleanField(_l("Allocate at once, oldest due first"), default=True)
