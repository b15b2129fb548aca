"""Credits 贷项: proposed, above the limit approved by somebody else, placed on a statement; once per source (R5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.billing.actions.holding import reason_given
from portal.billing.actions.telling import staff_with, tell_of_credit
from portal.billing.models import Credit, Statement, StatementLine
from portal.billing.queries.limits import within_limit
from portal.billing.rules.credits import Portion, amount_checked, of_gross, portion_of
from portal.billing.rules.states import CREDIT_STEPS, CreditState, CreditStep
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.db.series import next_number
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from portal.kernel.money import CURRENCIES
from portal.kernel.text import t

NOTHING = Portion(Decimal(0), Decimal(0), Decimal(0))
GOODWILL = "goodwill"
UNTAXED = TaxTerms(TaxKind.OUTSIDE)
LONGEST_REASON = 1000
COUNTING = (CreditState.PENDING_APPROVAL, CreditState.GRANTED, CreditState.PLACED)


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be given back: `gross` with its tax inside; `line` where it corrects one.

    A credit for a line has that line's name, tax, currency and branch; then only `gross` and `reason` are needed.
    """

    gross: Decimal
    reason: str
    line: StatementLine | None = None
    served_id: int | None = None
    name_zh: str = ""
    name_en: str = ""
    currency: str = "CNY"
    tax: TaxTerms = UNTAXED
    tax_class: str = ""


def propose(
    customer: Customer, ask: Ask, source_type: str, source_id: int | None, actor: Viewer, now: datetime
) -> Credit:  # fmt: skip
    """A credit for the settlement party `customer`: granted at once within the limit, else it waits for somebody else.

    The same source gives its credit back, whatever it came to; `source_id` None: a goodwill of its own. InvalidMany or
    Invalid by field (amount, reason, currency, name_zh).
    """
    if not actor.may(Permission.CREDIT_GRANT):
        raise Forbidden()
    _hold_party(customer)
    credit = make(customer, ask, source_type, source_id, actor, now)
    if credit.state != CreditState.PENDING_APPROVAL or credit.author_id != actor.user_id:
        return credit
    if within_limit(credit.gross_amount, credit.currency, business_day(now)):
        grant(credit, None, actor, now)
    else:
        people = staff_with(Permission.CREDIT_APPROVE, credit.customer_id, [credit.author_id])
        tell_of_credit(credit, "to_approve", people, actor, now)
    return credit


def make(
    customer: Customer, ask: Ask, source_type: str, source_id: int | None, actor: Viewer, now: datetime
) -> Credit:  # fmt: skip
    """The row of a credit, waiting for its approval; that of the same source where there is one."""
    write_from_here(db.session())
    before = of_source(source_type, source_id)
    if before is not None:
        return before
    if source_id is None and source_type != GOODWILL:
        raise ValueError("only a goodwill is a source of its own")
    reason = reason_given(ask.reason, t("Say why it is given back."), LONGEST_REASON)
    line = ask.line
    values = _of_line(line, ask.gross) if line is not None else _by_itself(customer, ask)
    number = next_number("CN", business_day(now).year)
    credit = Credit(
        number=number, customer_id=customer.id, source_type=source_type,
        source_id=source_id if source_id is not None else serial_of(number), line_id=line.id if line else None,
        reason=reason, author_id=actor.user_id, **values,
    )  # fmt: skip
    db.session.add(credit)
    after = {"amount": str(credit.gross_amount), "currency": credit.currency, "source": source_type}
    audit.record(actor, "credit.asked", credit, now, after=after, reason=reason)
    return credit


def approve(credit: Credit, actor: Viewer, now: datetime) -> None:
    """Grant what somebody else proposed."""
    if not actor.may(Permission.CREDIT_APPROVE):
        raise Forbidden()
    credit = held(credit.id)
    if actor.user_id == credit.author_id:
        raise Forbidden(t("Somebody else than the author approves a credit."))
    grant(credit, actor.user_id, actor, now)
    tell_of_credit(credit, "approved", _author(credit), actor, now)


def refuse(credit: Credit, reason: str, actor: Viewer, now: datetime) -> None:
    """Not granted, with a reason; its number stays."""
    if not actor.may(Permission.CREDIT_APPROVE):
        raise Forbidden()
    why = reason_given(reason, t("Say why it is refused."))
    credit = held(credit.id)
    _step(credit, CreditStep.REFUSE, now)
    audit.record(actor, "credit.refused", credit, now, reason=why)
    tell_of_credit(credit, "refused", _author(credit), actor, now, why)


def grant(credit: Credit, approved_by: int | None, actor: Viewer, now: datetime) -> None:
    """Granted: it waits for its line."""
    _step(credit, CreditStep.APPROVE, now)
    credit.approved_by, credit.granted_on = approved_by, business_day(now)
    after = {"amount": str(credit.gross_amount), "currency": credit.currency}
    audit.record(actor, "credit.granted", credit, now, after=after)


def cancel(credit_id: int, reason: str, actor: Viewer, now: datetime) -> Credit:
    """Granted, and not to be given after all; for the room whose record it stands for. NotAllowedNow once it is on a
    statement.
    """
    credit = held(credit_id)
    if credit.state == CreditState.PLACED:
        raise NotAllowedNow(t("This credit is on a statement already."))
    _step(credit, CreditStep.CANCEL, now)
    audit.record(actor, "credit.cancelled", credit, now, reason=reason.strip()[:LONGEST_REASON])
    return credit


def place(credit_ids: Iterable[int], statement: Statement, actor: Viewer, now: datetime) -> None:
    """The credits became lines of a statement, or of its draft."""
    for each in sorted(set(credit_ids)):
        credit = held(each)
        _step(credit, CreditStep.PLACE, now)
        audit.record(actor, "credit.placed", credit, now, after={"statement": statement.number})


def free(credit_ids: Iterable[int], actor: Viewer, now: datetime) -> None:
    """The draft that carried the credits is gone: they wait for the next statement."""
    for each in sorted(set(credit_ids)):
        _step(held(each), CreditStep.FREE, now)


def held(credit_id: int) -> Credit:
    """The credit as it stands now, held until the transaction ends."""
    write_from_here(db.session())
    wanted = select(Credit).where(Credit.id == credit_id).with_for_update(of=Credit)
    found = db.session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound()
    return found


def of_source(source_type: str, source_id: int | None) -> Credit | None:
    """The credit of a source; None where it has none yet."""
    wanted = Credit.source_type == source_type, Credit.source_id == source_id
    return None if source_id is None else db.session.scalar(select(Credit).where(*wanted))


def credited(line: StatementLine) -> Portion:
    """What is given back of a line already, or waits to be approved."""
    sums = (func.sum(each) for each in (Credit.net_amount, Credit.tax_amount, Credit.gross_amount))
    states = [each.value for each in COUNTING]
    wanted = select(*sums).where(Credit.line_id == line.id, Credit.state.in_(states))
    found: Any = db.session.execute(wanted).one()
    return NOTHING if found[2] is None else Portion(found[0], found[1], found[2])


def serial_of(number: str) -> int:
    """A whole number that stands for `CN-2026-000012` alone: 2026000012."""
    return int("".join(number.split("-")[1:]))


def _hold_party(customer: Customer) -> None:
    """Of several who ask for the same source at once the later ones find the credit of the first."""
    write_from_here(db.session())
    wanted = select(Customer.id).where(Customer.id == customer.id)
    db.session.execute(wanted.with_for_update(key_share=True))


def _of_line(line: StatementLine, gross: Decimal) -> dict[str, object]:
    """Columns of a credit for a line; what is credited at last cancels net and tax exactly."""
    before = credited(line)
    if line.gross_amount <= 0:
        raise Invalid(t("Only a line that charges something can be credited."), "amount")
    currency = line.statement.currency
    amount_checked(gross, currency, line.gross_amount - before.gross)
    whole = Portion(line.net_amount, line.tax_amount, line.gross_amount)
    terms = TaxTerms(TaxKind(line.tax_kind), line.tax_percent)
    return {
        **_money(portion_of(whole, before, gross, terms, currency)), "served_id": line.served_id, "currency": currency,
        "name_zh": line.name_zh, "name_en": line.name_en, "tax_class": line.tax_class, "tax_kind": line.tax_kind,
        "tax_percent": line.tax_percent,
    }  # fmt: skip


def _by_itself(customer: Customer, ask: Ask) -> dict[str, object]:
    if ask.currency not in CURRENCIES:
        raise Invalid(t("Unknown currency."), "currency")
    if not ask.name_zh.strip():
        raise Invalid(t("Say what it is for, in Chinese."), "name_zh")
    amount_checked(ask.gross, ask.currency, Decimal(10) ** 12)
    taxed = ask.tax.kind is TaxKind.TAXED
    return {
        **_money(of_gross(ask.gross, ask.tax, ask.currency)), "served_id": ask.served_id or customer.id,
        "currency": ask.currency, "name_zh": ask.name_zh.strip()[:200], "name_en": ask.name_en.strip()[:240],
        "tax_class": ask.tax_class, "tax_kind": ask.tax.kind.value,
        "tax_percent": ask.tax.percent if taxed else Decimal(0),
    }  # fmt: skip


def _money(portion: Portion) -> dict[str, object]:
    return {
        "net_amount": portion.net, "tax_amount": portion.tax, "gross_amount": portion.gross
    }  # fmt: skip


def _author(credit: Credit) -> list[User]:
    user = db.session.get(User, credit.author_id) if credit.author_id else None
    return [user] if user is not None else []


def _step(credit: Credit, step: CreditStep, now: datetime) -> None:
    if step is CreditStep.PLACE and credit.granted_on is None:
        raise NotAllowedNow(t("This credit is not granted yet."))
    credit.state = CREDIT_STEPS.next(CreditState(credit.state), step).value
    credit.updated_at = now
