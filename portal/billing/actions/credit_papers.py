"""Credit notes 贷项通知单 as papers: assembled, previewed, printed, kept (DOMAIN R5, section 18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.billing.actions.paper_lines import line_of, short, tax_label
from portal.billing.actions.paper_parties import (
    DRAFT,
    LANGUAGES,
    customer_party,
    file_name,
    in_words,
    our_contact,
    proof,
)
from portal.billing.models import (
    Credit,
    Dispute,
    Statement,
    StatementLine,
)
from portal.billing.rules.credit_paper import CreditPaper
from portal.billing.rules.paper_words import CREDIT_NOTES
from portal.billing.rules.states import FROZEN, CreditState
from portal.customers.models import Customer
from portal.db import whole
from portal.db.base import db
from portal.documents import page, render
from portal.documents.actions.keeping import PaperName, keep
from portal.documents.labels import LABELS
from portal.documents.models import Document
from portal.documents.queries import firm_on_paper
from portal.documents.rules.codes import new_code
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words
from portal.kernel.clock import business_day
from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import t

TEMPLATE = "credit_note.html"


def print_credit(credit: Credit, actor: Viewer, now: datetime) -> Document:
    """Print a granted credit's note once; printed before: that paper. NotAllowedNow before it is granted."""
    if credit.document_id is not None:
        return db.session.get_one(Document, credit.document_id)
    if credit.state not in (CreditState.GRANTED, CreditState.PLACED):
        raise NotAllowedNow(t("A credit note is printed once the credit is granted."))
    code = new_code()
    paper = replace(credit_paper(credit, now=now, code=code), mark=NO_WORDS, is_sealed=True)
    printed = render.render(TEMPLATE, paper, paper.language)
    customer = credit.customer
    name = PaperName(
        customer_id=credit.customer_id, kind="credit_note", number=credit.number,
        file_name=file_name(customer, LABELS["credit_note"], customer.document_language, credit.number),
        language=customer.document_language, subject_type=Credit.__tablename__, subject_id=credit.id, code=code,
    )  # fmt: skip
    document = keep(printed, name, actor.user_id, now)
    credit.document_id = document.id
    return document


def preview(credit: Credit, now: datetime, stylesheets: tuple[str, ...] = ()) -> str:
    """The credit note as a page for the browser."""
    paper = credit_paper(credit, now=now)
    return page.preview(TEMPLATE, paper, paper.language, stylesheets)


def credit_paper(
    credit: Credit, language: PaperLanguage | None = None, *, now: datetime, code: str = ""
) -> CreditPaper:
    """What a credit note says; the caller was let in to the credit by the gate."""
    firm, on = firm_on_paper(), credit.granted_on or business_day(now)
    is_granted = credit.state in (CreditState.GRANTED, CreditState.PLACED)
    dispute = db.session.get(Dispute, credit.source_id) if credit.source_type == "dispute" else None
    return CreditPaper(
        number=credit.number,
        issued_on=on,
        created_at=now,
        currency=credit.currency,
        firm=firm,
        customer=customer_party(credit.customer),
        contact=our_contact(firm, credit.approved_by, credit.author_id),
        name=Words(credit.name_zh, credit.name_en),
        reason=credit.reason,
        tax_label=tax_label(credit.tax_kind, short(credit.tax_percent), credit.tax_class, on),
        net=credit.net_amount,
        tax=credit.tax_amount,
        gross=credit.gross_amount,
        statement=credit.line.statement.number if credit.line else "",
        line=line_of(credit.line, on) if credit.line else None,
        dispute=dispute.number if dispute else "",
        placed_on=_placed_on(credit),
        served=_served(credit),
        in_words=in_words(credit.gross_amount, credit.currency),
        notes=CREDIT_NOTES if credit.line else (),
        verification=proof(code),
        mark=NO_WORDS if is_granted else DRAFT,
        language=language or LANGUAGES.get(credit.customer.document_language, PaperLanguage.BOTH),
    )


def _placed_on(credit: Credit) -> str:
    """The published statement that carries the credit as a line."""
    carried = (
        select(Statement.number, Statement.state)
        .join(StatementLine, StatementLine.statement_id == Statement.id)
        .where(StatementLine.credit_id == credit.id, StatementLine.until_revision.is_(None))
    )
    found = db.session.execute(carried).first()
    return found.number if found and found.state in FROZEN else ""


def _served(credit: Credit) -> Words:
    """The branch, where it is not the settlement party itself."""
    if credit.served_id == credit.customer_id:
        return NO_WORDS
    return Words(
        *whole.columns_of(Customer, [credit.served_id], ("name_zh", "name_en"))[credit.served_id]
    )
