"""Statements as papers: assembled, previewed, printed, kept (DOMAIN R14, section 18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from portal.access.viewer import SYSTEM, Viewer
from portal.billing.actions.paper_lines import content_of
from portal.billing.actions.paper_parties import (
    DRAFT,
    LANGUAGES,
    SUPERSEDED,
    accounts_for,
    customer_party,
    file_name,
    in_words,
    our_contact,
    proof,
)
from portal.billing.models import (
    Receivable,
    ReceivablePosting,
    Statement,
    StatementRevision,
)
from portal.billing.queries.owing import PAID, open_of
from portal.billing.queries.statements import lines_of
from portal.billing.rules.paper_sums import named_by, originals, summed
from portal.billing.rules.paper_words import answer_sentence, deemed_sentence
from portal.billing.rules.statement_paper import Balance, ReceivedRow, StatementPaper, period_words
from portal.billing.rules.states import FROZEN, PaperState
from portal.db.base import db
from portal.documents import page, render
from portal.documents.actions.keeping import PaperName, keep, mark
from portal.documents.labels import LABELS
from portal.documents.models import Document
from portal.documents.queries import firm_on_paper
from portal.documents.rules.codes import new_code
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words
from portal.kernel.clock import business_day

TEMPLATE = "statement.html"


def print_revision(
    revision: StatementRevision, actor: Viewer, now: datetime, tell: render.Tell | None = None
) -> Document:
    """Print a published revision once and for all; printed before: that paper.

    `tell` hears each page. Raises PressBusy or PressFailed when there is no paper; nothing has changed then.
    """
    if revision.document_id is not None:
        return db.session.get_one(Document, revision.document_id)
    code = new_code()
    paper = final_paper(revision, now, code)
    printed = render.render(TEMPLATE, paper, paper.language, tell)
    return keep_revision(revision, printed, code, actor.user_id, now)


def final_paper(revision: StatementRevision, now: datetime, code: str) -> StatementPaper:
    """The paper of a published revision: sealed, with its verification code, without a mark across it."""
    paper = statement_paper(revision.statement, revision, now=now, code=code)
    return replace(paper, mark=NO_WORDS, is_sealed=True)


def keep_revision(
    revision: StatementRevision, printed: render.PrintedPaper, code: str, by_id: int | None, now: datetime
) -> Document:  # fmt: skip
    """Put a revision's printed paper into the archive; it is worth nothing where a later revision stands already."""
    statement = revision.statement
    number = paper_number(statement, revision.number)
    name = PaperName(
        customer_id=statement.customer_id, kind="statement", number=number,
        file_name=statement_file_name(statement, number), language=statement.language,
        subject_type=StatementRevision.__tablename__, subject_id=revision.id, code=code,
    )  # fmt: skip
    is_current = revision.number == statement.revision_no
    document = keep(printed, name, by_id, now, "valid" if is_current else "superseded")
    revision.document_id, revision.paper_state = document.id, PaperState.READY.value
    supersede_earlier(statement)
    return document


def supersede_earlier(statement: Statement) -> None:
    """Papers of revisions before the current one no longer count; their verification page says so."""
    earlier = select(StatementRevision.document_id).where(
        StatementRevision.statement_id == statement.id,
        StatementRevision.number < statement.revision_no,
        StatementRevision.document_id.is_not(None),
    )
    mark((each for each in db.session.scalars(earlier) if each is not None), "superseded")


def preview(
    statement: Statement,
    now: datetime,
    revision: StatementRevision | None = None,
    stylesheets: tuple[str, ...] = (),
) -> str:
    """A revision, or the statement as it is now, as a page for the browser, marked as what it is."""
    paper = replace(statement_paper(statement, revision, now=now), is_for_screen=True)
    return page.preview(TEMPLATE, paper, paper.language, stylesheets)


def statement_paper(
    statement: Statement,
    revision: StatementRevision | None = None,
    language: PaperLanguage | None = None,
    *,
    now: datetime,
    code: str = "",
) -> StatementPaper:
    """What the paper of a revision says; without one, what the statement's lines say now.

    The caller was let in to the statement by the gate.
    """
    firm = firm_on_paper()
    at = revision.published_at if revision else now
    people = (statement.reviewed_by, statement.author_id)
    return StatementPaper(
        number=statement.number,
        revision=revision.number if revision else statement.revision_no or 1,
        starts_on=statement.starts_on,
        ends_on=statement.ends_on,
        issued_on=business_day(at),
        created_at=at,
        currency=statement.currency,
        firm=firm,
        customer=customer_party(statement.customer),
        contact=our_contact(firm, revision.published_by if revision else None, *people),
        receipts=_receipts(statement, revision),
        accounts=accounts_for(firm, {statement.currency}),
        notes=_notes(statement) if revision else (),
        due_on=statement.due_on,
        revision_reason=revision.reason if revision else "",
        verification=proof(code),
        mark=_mark(statement, revision),
        language=language or LANGUAGES.get(statement.language, PaperLanguage.BOTH),
        **_lines_and_sums(statement, revision),
    )


def _lines_and_sums(statement: Statement, revision: StatementRevision | None) -> dict[str, Any]:
    """The fields of the paper that the lines make."""
    rows = lines_of(statement, revision.number if revision else None)
    content = content_of(rows, statement.ends_on)
    lines = content.lines
    sums = summed(lines)
    return {
        "sections": content.sections,
        "by_service": content.by_service,
        "measured": content.measured,
        "sums": sums,
        "by_tax": named_by(lines, lambda line: line.tax_label),
        "by_currency": originals(lines),
        "in_words": in_words(sums.gross, statement.currency),
        "balance": _balance(statement, revision, sums.gross),
    }


def paper_number(statement: Statement, revision_no: int) -> str:
    """ST-2026-000012, and from the second revision on ST-2026-000012-R2."""
    return f"{statement.number}-R{revision_no}" if revision_no > 1 else statement.number


def statement_file_name(statement: Statement, number: str) -> str:
    """客户简称_对账单_2026-03_ST-2026-000012.pdf."""
    period = period_words(statement.starts_on, statement.ends_on)
    return file_name(statement.customer, LABELS["statement"], statement.language, period, number)


def _notes(statement: Statement) -> tuple[Words, ...]:
    asked = (statement.terms or {}).get("answer_by")
    found = [answer_sentence(date.fromisoformat(asked))] if asked else []
    if statement.deemed_on is not None:
        found.append(deemed_sentence(statement.deemed_on))
    return tuple(found)


def _mark(statement: Statement, revision: StatementRevision | None) -> Words:
    if statement.state not in FROZEN:
        return DRAFT
    is_old = revision is not None and revision.number < statement.revision_no
    return SUPERSEDED if is_old else NO_WORDS


def _balance(statement: Statement, revision: StatementRevision | None, charged: Decimal) -> Balance:
    if revision is not None:
        return Balance(revision.opening_amount, revision.received_amount, charged)
    owed = open_of(statement.customer_id, statement.currency, SYSTEM)
    if statement.state in FROZEN:
        own = select(Receivable.open_amount).where(Receivable.statement_id == statement.id)
        owed -= db.session.scalar(own) or Decimal(0)
    return Balance(owed, Decimal(0), charged)


def _receipts(statement: Statement, revision: StatementRevision | None) -> tuple[ReceivedRow, ...]:
    """The receipts behind the received amount, one by one; none where they do not come to it any more."""
    if revision is None or not revision.received_amount:
        return ()
    first = min(each.published_at for each in statement.revisions)
    before = db.session.scalar(
        select(func.max(Statement.published_at)).where(
            Statement.customer_id == statement.customer_id, Statement.currency == statement.currency,
            Statement.id != statement.id, Statement.published_at <= first,
        )
    )  # fmt: skip
    paid = (
        select(ReceivablePosting.on, ReceivablePosting.source_label, ReceivablePosting.change)
        .join(Receivable, Receivable.id == ReceivablePosting.receivable_id)
        .where(
            ReceivablePosting.customer_id == statement.customer_id, Receivable.currency == statement.currency,
            ReceivablePosting.kind.in_(PAID), ReceivablePosting.at <= first,
        )
        .order_by(ReceivablePosting.on, ReceivablePosting.id)
    )  # fmt: skip
    if before is not None:
        paid = paid.where(ReceivablePosting.on > business_day(before))
    sums: dict[tuple[date, str], Decimal] = {}
    for on, label, change in db.session.execute(paid):
        sums[on, label] = sums.get((on, label), Decimal(0)) - change
    rows = tuple(ReceivedRow(*key, amount) for key, amount in sums.items() if amount)
    total = sum((row.amount for row in rows), Decimal(0))
    return rows if total == revision.received_amount else ()
