"""Drafts of statements: written from what was gathered, once; gathered again, written again only when they differ.

A party's drafts are one transaction. Whoever drafts holds the party first, so that of two runs the second finds what
the first one wrote. A statement that is under review or published is never touched: what came since waits for the next
period (DOMAIN R2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import select

from portal.access.viewer import SYSTEM, Viewer
from portal.billing.actions import crediting
from portal.billing.actions.gather_storage import charged_stock
from portal.billing.actions.gathering import StatementContent, gather
from portal.billing.actions.line_rows import clear_lines, take_usage, write_lines
from portal.billing.models import Credit, Statement
from portal.billing.queries.tables import Tables
from portal.billing.rules.content import Kept, hash_of_kept, kept_lines
from portal.billing.rules.months import end_of
from portal.billing.rules.statement_lines import LineDraft
from portal.billing.rules.states import (
    STATEMENT_STEPS,
    CreditState,
    StatementState,
    StatementStep,
)
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.db.series import next_number
from portal.kernel.clock import business_day
from portal.kernel.errors import NotAllowedNow, NotFound, StaleEdit
from portal.kernel.period import Period
from portal.kernel.pinyin import search_words
from portal.kernel.text import t

SERIES = "ST"
NOTHING_LEFT = "nothing is left to bill"


class Outcome(StrEnum):
    """What became of one statement's content."""

    DRAFTED = "drafted"
    REFRESHED = "refreshed"
    UNCHANGED = "unchanged"
    EMPTIED = "emptied"  # everything on the draft was taken back: it is void, its number stays
    WAITING = "waiting"  # the period's statement is closed: these lines come with the next one


@dataclass(frozen=True, slots=True)
class Drafted:
    """One statement after drafting; `lines` is how many its content has."""

    statement_id: int
    number: str
    currency: str
    outcome: Outcome
    lines: int
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Written:
    """A content with its lines as the database keeps them, and its hash."""

    content: StatementContent
    lines: list[Kept]
    digest: str
    run_id: int | None


class MeanwhileChanged(NotAllowedNow):
    """Usage that was gathered has been reversed or billed since: the party is gathered anew."""

    def __init__(self) -> None:
        super().__init__(t("Something was changed while the draft was being written. Try again."))


def hold_party(party_id: int) -> None:
    """Hold a party (and nobody who merely names it) until the transaction ends; NotFound when there is none."""
    write_from_here(db.session())
    wanted = select(Customer.id).where(Customer.id == party_id).with_for_update(key_share=True)
    if db.session.scalar(wanted) is None:
        raise NotFound()


def draft_party(
    party_id: int, period: Period, run_id: int | None, actor: Viewer, now: datetime, tables: Tables | None = None
) -> list[Drafted]:  # fmt: skip
    """All drafts of a party for a period, held and gathered; one for each currency, by currency.

    Invalid, naming the charge, where something cannot be priced; MeanwhileChanged when another transaction took away
    what was gathered. Either way nothing of it is kept.
    """
    hold_party(party_id)
    contents = gather(party_id, period, actor, business_day(now), tables)
    return [draft(content, run_id, actor, now) for content in contents]


def check_current(statement: Statement, now: datetime) -> None:
    """Hold a draft's party and the owners of the stock it charges, and gather once more: to be done before a review.

    StaleEdit when something has come since it was written; running the period again brings it up to date.
    """
    hold_party(statement.customer_id)
    period = Period(statement.starts_on, statement.ends_on)
    stock = charged_stock(statement.customer_id, period)
    owners = select(Customer.id).where(Customer.id.in_(stock)).order_by(Customer.id)
    db.session.execute(owners.with_for_update(key_share=True))
    contents = gather(statement.customer_id, period, SYSTEM, business_day(now))
    digests = {
        each.currency: hash_of_kept(each.header(), kept_lines(each.lines)) for each in contents
    }
    if digests.get(statement.currency) != statement.content_hash:
        raise StaleEdit(
            t("Something has come since this draft was written. Run the period again first.")
        )


def draft(content: StatementContent, run_id: int | None, actor: Viewer, now: datetime) -> Drafted:
    """Write one content as a draft, over the one that is there; nothing at all where it says the same."""
    live = content.live
    if content.waits and live is not None:
        return _told(content, live.id, live.number, Outcome.WAITING)
    kept = kept_lines(content.lines)
    written = Written(content, kept, hash_of_kept(content.header(), kept), run_id)
    if live is None:
        return _drafted(written, actor, now)
    if live.content_hash == written.digest:
        return _told(content, live.id, live.number, Outcome.UNCHANGED)
    return _refreshed(written, live.id, actor, now)


def _drafted(written: Written, actor: Viewer, now: datetime) -> Drafted:
    content = written.content
    last = end_of(content.period)
    statement = Statement(
        number=next_number(SERIES, last.year),
        customer_id=content.party_id,
        currency=content.currency,
        starts_on=content.period.start_on,
        ends_on=last,
        language=content.language,
        author_id=actor.user_id,
    )
    statement.search_text = _search_text(statement.number, content.party_id, last)
    db.session.add(statement)
    _fill(statement, written, actor, now)
    audit.record(actor, "statement.drafted", statement, now, after=_figures(statement))
    return _told(content, statement.id, statement.number, Outcome.DRAFTED)


def _refreshed(written: Written, statement_id: int, actor: Viewer, now: datetime) -> Drafted:
    content, statement = written.content, _held(statement_id)
    if statement.state != StatementState.DRAFT:
        raise MeanwhileChanged()
    before = _figures(statement)
    clear_lines(statement)
    _fill(statement, written, actor, now)
    if content.lines:
        outcome, event, reason = Outcome.REFRESHED, "statement.refreshed", None
    else:
        outcome, event, reason = Outcome.EMPTIED, "statement.voided", NOTHING_LEFT
        step = STATEMENT_STEPS.next(StatementState(statement.state), StatementStep.VOID)
        statement.state, statement.void_reason = step.value, NOTHING_LEFT
    after = _figures(statement)
    audit.record(actor, event, statement, now, before=before, after=after, reason=reason)
    return _told(content, statement.id, statement.number, outcome)


def _held(statement_id: int) -> Statement:
    wanted = select(Statement).where(Statement.id == statement_id).with_for_update(of=Statement)
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def _fill(statement: Statement, written: Written, actor: Viewer, now: datetime) -> None:
    """Lines, sums, usage and credits of a draft without lines."""
    lines = written.content.lines
    statement.run_id = written.run_id or statement.run_id
    statement.content_hash = written.digest
    statement.line_count = len(lines)
    zero = Decimal(0)
    statement.net_amount = sum((line.net_amount for line in lines), zero)
    statement.tax_amount = sum((line.tax_amount for line in lines), zero)
    statement.gross_amount = statement.net_amount + statement.tax_amount
    db.session.flush()
    write_lines(statement, written.lines, [line.once for line in lines])
    if take_usage(statement) != len({line.usage_id for line in lines} - {None}):
        raise MeanwhileChanged()
    _place(statement, lines, actor, now)


def _place(statement: Statement, lines: Iterable[LineDraft], actor: Viewer, now: datetime) -> None:
    """The granted credits among the lines are on this statement from now on."""
    ids = [line.credit_id for line in lines if line.credit_id is not None]
    if ids:
        waiting = select(Credit.id).where(
            Credit.id.in_(ids), Credit.state == CreditState.GRANTED.value
        )
        crediting.place(list(db.session.scalars(waiting)), statement, actor, now)


def _figures(statement: Statement) -> dict[str, str | int]:
    return {
        "number": statement.number, "lines": statement.line_count, "net": str(statement.net_amount),
        "tax": str(statement.tax_amount), "gross": str(statement.gross_amount),
    }  # fmt: skip


def _search_text(number: str, party_id: int, last: date) -> str:
    party = db.session.get_one(Customer, party_id)
    names = (party.name_zh, party.name_en, party.code)
    return search_words(number, f"{last:%Y-%m}", *names)[:400]


def _told(content: StatementContent, statement_id: int, number: str, outcome: Outcome) -> Drafted:
    gross = sum((line.gross_amount for line in content.lines), Decimal(0))
    return Drafted(statement_id, number, content.currency, outcome, len(content.lines), gross)
