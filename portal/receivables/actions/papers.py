"""Dunning letters 催款函 and statements of account 往来对账 as papers: assembled, previewed, printed, kept."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import SYSTEM, Viewer
from portal.billing.actions.paper_parties import (
    DRAFT,
    LANGUAGES,
    accounts_for,
    customer_party,
    file_name,
    in_words,
    our_contact,
    proof,
)
from portal.billing.models import Receivable
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.documents import page, render
from portal.documents.actions.keeping import PaperName, keep
from portal.documents.labels import LABELS
from portal.documents.models import Document
from portal.documents.queries import firm_on_paper
from portal.documents.rules.codes import new_code
from portal.documents.rules.firm import Firm
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.receivables.models import DunningNotice, DunningStep
from portal.receivables.queries import accounts, open_items
from portal.receivables.rules.ageing import disputed_part, headings, nothing
from portal.receivables.rules.kinds import Channel
from portal.receivables.rules.paper import (
    PAY_WITHIN_DAYS,
    AccountPaper,
    AccountRow,
    AccountSection,
    AgeingCell,
    DunningPaper,
    OpenBill,
)
from portal.receivables.rules.paper_words import CHECK_BALANCES, DISPUTED_APART, PAID_ALREADY
from portal.usage.actions import at_work

DUNNING, ACCOUNT = "dunning.html", "account.html"
TRIED_FOR = timedelta(days=7)
log = logging.getLogger(__name__)


def print_waiting(now: datetime) -> int:
    """Print the letters of the last days that have no paper yet, each in a transaction of its own; how many.

    What the press refuses is tried again at the next call; several workers share the work.
    """
    wanted = select(DunningNotice.id).where(
        DunningNotice.channel == Channel.LETTER.value,
        DunningNotice.document_id.is_(None),
        DunningNotice.at > now - TRIED_FOR,
    )
    return sum(_print_one(each, now) for each in list(db.session.scalars(wanted)))


def _print_one(notice_id: int, now: datetime) -> bool:
    with at_work.holding(render.press().folder / "letters", notice_id) as tell:
        if tell is None:
            return False
        try:
            with unit_of_work():
                notice = db.session.get_one(DunningNotice, notice_id, populate_existing=True)
                print_dunning(notice, SYSTEM, now)
        except render.PressError:
            log.exception("the letter of notice %s was not printed", notice_id)
            return False
        return True


def print_dunning(notice: DunningNotice, actor: Viewer, now: datetime) -> Document:
    """Print the letter of a notice once and for all; printed before: that letter. PressBusy or PressFailed."""
    if notice.document_id is not None:
        return db.session.get_one(Document, notice.document_id)
    code, customer = new_code(), notice.customer
    paper = replace(dunning_paper(notice, now=now, code=code), mark=NO_WORDS, is_sealed=True)
    name = PaperName(
        customer_id=notice.customer_id, kind="dunning", number=notice.number,
        file_name=file_name(customer, LABELS["dunning"], customer.document_language, notice.number),
        language=customer.document_language, subject_type=DunningNotice.__tablename__, subject_id=notice.id, code=code,
    )  # fmt: skip
    document = keep(render.render(DUNNING, paper, paper.language), name, actor.user_id, now)
    notice.document_id = document.id
    return document


def preview_dunning(notice: DunningNotice, now: datetime, stylesheets: tuple[str, ...] = ()) -> str:
    """The letter of a notice as a page for the browser."""
    paper = dunning_paper(notice, now=now)
    return page.preview(DUNNING, paper, paper.language, stylesheets)


def dunning_paper(
    notice: DunningNotice, language: PaperLanguage | None = None, *, now: datetime, code: str = ""
) -> DunningPaper:
    """What the letter of a notice says: the bills that it names, as open as they were then.

    The caller was let in to the notice by the gate.
    """
    firm, customer = firm_on_paper(), notice.customer
    step = db.session.scalar(select(DunningStep).where(DunningStep.day == notice.step_day))
    bills = _bills(notice)
    disputed = any(bill.disputed for bill in bills)
    return DunningPaper(
        number=notice.number,
        level=Words(step.name_zh, step.name_en) if step else NO_WORDS,
        issued_on=notice.on,
        created_at=notice.at,
        pay_until=notice.on + timedelta(days=PAY_WITHIN_DAYS),
        currency=notice.currency,
        firm=firm,
        customer=customer_party(customer),
        contact=our_contact(firm, notice.by_id),
        text=Words(step.text_zh, step.text_en) if step else NO_WORDS,
        bills=bills,
        in_words=in_words(notice.amount, notice.currency),
        notes=(DISPUTED_APART, PAID_ALREADY) if disputed else (PAID_ALREADY,),
        accounts=accounts_for(firm, {notice.currency}),
        verification=proof(code),
        mark=NO_WORDS if notice.document_id else DRAFT,
        language=language or LANGUAGES.get(customer.document_language, PaperLanguage.BOTH),
    )


def _bills(notice: DunningNotice) -> tuple[OpenBill, ...]:
    wanted = select(Receivable).where(
        Receivable.id.in_([each["id"] for each in notice.receivables])
    )
    owed = {row.id: row for row in db.session.scalars(wanted)}
    found = []
    for each in notice.receivables:
        row, asked = owed[each["id"]], Decimal(each["amount"])
        disputed = disputed_part(row.open_amount, row.disputed_amount)
        late = max(0, int(each["days"]))
        found.append(
            OpenBill(
                each["reference"], row.issued_on, date.fromisoformat(each["due_on"]), late, row.amount,
                asked + disputed, disputed,
            )
        )  # fmt: skip
    return tuple(found)


def print_account(
    customer: Customer, from_on: date, until_on: date, viewer: Viewer, now: datetime
) -> Document:
    """Print a customer's statement of account over a span and keep it; every call is a paper of its own."""
    code = new_code()
    paper = replace(
        account_paper(customer, from_on, until_on, viewer, now=now, code=code), is_sealed=True
    )
    span = f"{from_on:%Y%m%d}-{until_on:%Y%m%d}"
    name = PaperName(
        customer_id=customer.id, kind="account", number=paper.number,
        file_name=file_name(customer, LABELS["account"], customer.document_language, span),
        language=customer.document_language, subject_type=Customer.__tablename__, subject_id=customer.id, code=code,
    )  # fmt: skip
    return keep(render.render(ACCOUNT, paper, paper.language), name, viewer.user_id, now)


def preview_account(
    customer: Customer, from_on: date, until_on: date, viewer: Viewer, now: datetime,
    stylesheets: tuple[str, ...] = (),
) -> str:  # fmt: skip
    """A statement of account as a page for the browser."""
    paper = account_paper(customer, from_on, until_on, viewer, now=now)
    return page.preview(ACCOUNT, replace(paper, is_for_screen=True), paper.language, stylesheets)


def account_paper(
    customer: Customer, from_on: date, until_on: date, viewer: Viewer, language: PaperLanguage | None = None, *,
    now: datetime, code: str = "",
) -> AccountPaper:  # fmt: skip
    """Opening, every document and receipt of the span, closing and its age, in each currency. Invalid: ends first.

    The caller was let in to the customer by the gate.
    """
    if until_on < from_on:
        raise Invalid(t("The last day cannot be before the first."), "until_on")
    firm = firm_on_paper()
    found = (
        _section(customer.id, currency, from_on, until_on, firm, viewer)
        for currency in accounts.currencies(customer.id, viewer)
    )
    return AccountPaper(
        number=f"{customer.code}-{until_on:%Y%m%d}",
        from_on=from_on,
        until_on=until_on,
        issued_on=business_day(now),
        created_at=now,
        firm=firm,
        customer=customer_party(customer),
        contact=our_contact(firm, viewer.user_id if viewer.kind == "staff" else None),
        sections=tuple(each for each in found if each.rows or each.opening),
        notes=(CHECK_BALANCES,),
        verification=proof(code),
        language=language or LANGUAGES.get(customer.document_language, PaperLanguage.BOTH),
    )


def _section(
    customer_id: int, currency: str, from_on: date, until_on: date, firm: Firm, viewer: Viewer
) -> AccountSection:
    told = accounts.account(customer_id, currency, from_on, until_on, viewer)
    owed = [each.id for each in told.entries if each.type == "receivable" and each.change > 0]
    wanted = select(Receivable.id, Receivable.due_on).where(Receivable.id.in_(owed))
    due = {row[0]: row[1] for row in db.session.execute(wanted)}
    rows = tuple(
        AccountRow(
            each.on, each.words, each.label, each.change, each.balance,
            due.get(each.id) if each.type == "receivable" else None,
        )
        for each in told.entries
    )  # fmt: skip
    aged = next(
        (
            row.aged
            for row in open_items.ageing(viewer, until_on, customer_ids=[customer_id], currency=currency)
        ),
        nothing(),
    )  # fmt: skip
    cells = tuple(
        AgeingCell(heading, Decimal(amount))
        for heading, amount in zip(headings(), aged.columns, strict=True)
    )
    return AccountSection(
        currency, told.opening, rows, cells, Decimal(aged.disputed), aged.total - told.closing,
        accounts_for(firm, {currency}),
    )  # fmt: skip
