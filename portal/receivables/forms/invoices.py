"""Forms of invoices: one that is registered, its red-letter mirror, and what a customer asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.receivables.actions.requests import RequestFacts
from portal.receivables.rules.invoices import InvoiceFacts, RedFacts, transport_remark
from portal.receivables.rules.kinds import INVOICE_WORDS, InvoiceKind
from portal.web.fields import AmountField
from portal.web.forms import choices, currency_choices

NEEDED = InputRequired()
ZERO = Decimal(0)
TWO_ROWS = {"rows": 2}
COVERS, PART = "covers-{}", "part-{}"


def _plain(text: str | None) -> str:
    return (text or "").strip()


class InvoiceForm(FlaskForm):
    """What stands on an invoice that was issued outside; an amount for each statement that it covers."""

    kind = SelectField(_l("Kind"), [NEEDED], choices=choices(INVOICE_WORDS))
    code = StringField(_l("Code"), [Length(max=12)])
    number = StringField(_l("Number"), [NEEDED, Length(max=20)])
    issued_on = DateField(_l("Invoice date"), [NEEDED])
    currency = SelectField(_l("Currency"), [NEEDED], choices=currency_choices)
    title = StringField(_l("Invoice title"), [NEEDED, Length(max=160)])
    tax_number = StringField(_l("Tax number"), [Length(max=40)])
    net_amount = AmountField(_l("Net"), [NEEDED])
    tax_amount = AmountField(_l("Tax"), [NEEDED])
    gross_amount = AmountField(_l("Amount with tax"), [NEEDED])
    remark = TextAreaField(_l("Remark"), [Length(max=500)], render_kw=TWO_ROWS)
    origin = StringField(_l("Origin"), [Length(max=80)])
    destination = StringField(_l("Destination"), [Length(max=80)])
    vehicle = StringField(_l("Vehicle"), [Length(max=80)])
    goods = StringField(_l("Goods"), [Length(max=80)])

    def covers(self, statement_id: int) -> Any:
        """How much of a statement it is for."""
        return self[COVERS.format(statement_id)]

    def facts(self, statement_ids: Iterable[int]) -> InvoiceFacts:
        """What was typed, as the action takes it."""
        transport = transport_remark(
            *(_plain(self[name].data) for name in ("origin", "destination", "vehicle", "goods"))
        )
        amounts = {each: self.covers(each).data or ZERO for each in statement_ids}
        return InvoiceFacts(
            kind=InvoiceKind(self.kind.data),
            number=_plain(self.number.data),
            issued_on=self.issued_on.data,
            title=_plain(self.title.data),
            net_amount=_or_zero(self.net_amount.data),
            tax_amount=_or_zero(self.tax_amount.data),
            gross_amount=_or_zero(self.gross_amount.data),
            covers={each: amount for each, amount in amounts.items() if amount},
            code=_plain(self.code.data),
            currency=self.currency.data,
            tax_number=_plain(self.tax_number.data),
            remark=" ".join(filter(None, (transport, _plain(self.remark.data)))),
        )


def invoice_form(covers: Mapping[int, Decimal | None], **values: Any) -> InvoiceForm:
    """The form over these statements, filled in as proposed."""
    fields = {
        COVERS.format(key): AmountField(_l("Covers"), default=amount)
        for key, amount in covers.items()
    }
    form: InvoiceForm = type("InvoiceOver", (InvoiceForm,), fields)(data=values)
    return form


def _or_zero(value: Decimal | None) -> Decimal:
    return ZERO if value is None else value


class RedForm(FlaskForm):
    """The red-letter invoice that takes a blue one back."""

    version = HiddenField()
    code = StringField(_l("Code"), [Length(max=12)])
    number = StringField(_l("Number"), [NEEDED, Length(max=20)])
    issued_on = DateField(_l("Invoice date"), [NEEDED])
    sheet_number = StringField(_l("Number of the confirmation sheet"), [Length(max=40)])
    reason = TextAreaField(_l("Why is it reversed?"), [NEEDED, Length(max=300)], render_kw=TWO_ROWS)

    def facts(self) -> RedFacts:
        """What was typed, as the action takes it."""
        return RedFacts(
            _plain(self.number.data), self.issued_on.data, _plain(self.sheet_number.data), _plain(self.reason.data),
            _plain(self.code.data),
        )  # fmt: skip


class AskForm(FlaskForm):
    """Which invoice the customer asks for, and where it goes; an amount for each statement."""

    kind = SelectField(_l("Kind"), [NEEDED], choices=choices(INVOICE_WORDS))
    title = StringField(_l("Invoice title"), [NEEDED, Length(max=160)])
    tax_number = StringField(_l("Tax number"), [Length(max=40)])
    address_phone = StringField(_l("Address and telephone"), [Length(max=300)])
    bank_account = StringField(_l("Bank and account"), [Length(max=200)])
    send_to = StringField(_l("Send it to"), [Length(max=254)])
    note = TextAreaField(_l("Note"), [Length(max=500)], render_kw=TWO_ROWS)

    def part(self, statement_id: int) -> Any:
        """How much of a statement is asked for."""
        return self[PART.format(statement_id)]

    def facts(self, statement_ids: Iterable[int]) -> RequestFacts:
        """What was typed, as the action takes it."""
        named = ("title", "tax_number", "address_phone", "bank_account", "send_to", "note")
        return RequestFacts(
            kind=InvoiceKind(self.kind.data),
            parts={each: self.part(each).data or ZERO for each in statement_ids},
            **{name: _plain(self[name].data) for name in named},
        )


def ask_form(parts: Mapping[int, Decimal | None], **values: Any) -> AskForm:
    """The form over these statements, all that is left filled in."""
    fields = {
        PART.format(key): AmountField(_l("Asked for"), default=amount)
        for key, amount in parts.items()
    }
    form: AskForm = type("AskOver", (AskForm,), fields)(data=values)
    return form
