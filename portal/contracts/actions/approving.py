"""On the way to the signature: submit, approve, return, send, void (DOMAIN M3, section 16)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import select, update

from portal.access.viewer import Viewer
from portal.catalogue.models import PriceScheme
from portal.catalogue.queries.costs import costs_of_prices
from portal.catalogue.queries.rates import exchange_rate
from portal.catalogue.rules.exchange import ExchangeRate
from portal.contracts.actions.carrying import accepted_lines, quantity_of
from portal.contracts.actions.drafting import check_editable, check_seen
from portal.contracts.actions.telling import tell_approvers, tell_author, tell_customer
from portal.contracts.actions.values import line_facts, priced, terms_facts
from portal.contracts.models import Contract, ContractLine
from portal.contracts.queries import standing
from portal.contracts.rules import approval
from portal.contracts.rules.checks import wrong_line, wrong_terms
from portal.contracts.rules.states import STEPS, ContractState, ContractStep
from portal.customers.actions.credit import check_not_blacklisted
from portal.db import audit
from portal.db.base import db
from portal.documents.models import Document, FirmProfile
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid
from portal.kernel.text import Text, t
from portal.quotations.models import QuotationLine

Printer = Callable[[Contract, Viewer, datetime], Document]
"""Prints a contract and stores the paper: `actions.papers.print_contract`, given by the caller."""


def reasons(contract: Contract, now: datetime) -> tuple[Text, ...]:
    """Why somebody must approve the contract; empty when it is exactly what the customer accepted."""
    rows = standing.counting_lines(contract)
    found: list[Text] = []
    if contract.quotation_version is None:
        found.append(t("The contract was written by hand: no accepted quotation stands behind it."))
    else:
        found += _differing(contract, rows)
    found += approval.by_hand([(row.name_zh, row.manual_reason) for row in rows if _set_here(row)])
    return (*found, *too_cheap(rows, now))


def submit(
    contract: Contract, reason: str, actor: Viewer, now: datetime, seen: int | None = None
) -> None:
    """Ask somebody with the right to approve it; needs the author's reason."""
    check_editable(contract, seen)
    check_complete(contract, now)
    check_not_blacklisted(contract.customer, actor, now)
    if not reasons(contract, now):
        raise Invalid(t("This is what the customer accepted: send it, no approval is needed."))
    if not reason.strip():
        raise Invalid(t("Say why this contract should be approved."), "reason")
    _step(contract, ContractStep.SUBMIT, now)
    contract.submit_reason = reason.strip()[:500]
    audit.record(actor, "contract.submitted", contract, now, reason=contract.submit_reason)
    tell_approvers(contract, contract, contract.submit_reason, actor, now)


def approve(
    contract: Contract,
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
    printer: Printer | None = None,
) -> None:
    """Approve exactly what is on the page; never one's own contract. The paper to be signed is printed."""
    check_seen(contract, contract, seen)
    if actor.user_id == contract.author_id:
        raise Forbidden(t("Somebody else than the author approves a contract."))
    after = {"reasons": [str(each) for each in reasons(contract, now)]}
    _step(contract, ContractStep.APPROVE, now)
    contract.approved_by, contract.approved_at = actor.user_id, now
    audit.record(actor, "contract.approved", contract, now, after=after)
    tell_author(contract, contract, "approved", actor, now)
    _to_be_signed(contract, actor, now, printer)


def send(
    contract: Contract,
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
    printer: Printer | None = None,
) -> None:
    """Straight to the signature: only for the unchanged lines of an accepted quotation."""
    check_editable(contract, seen)
    check_complete(contract, now)
    check_not_blacklisted(contract.customer, actor, now)
    if reasons(contract, now):
        raise Invalid(t("This is not what the customer accepted: send it for approval first."))
    _step(contract, ContractStep.SEND, now)
    _to_be_signed(contract, actor, now, printer)


def return_to_author(contract: Contract, reason: str, actor: Viewer, now: datetime) -> None:
    """Back to a draft with a reason; an approval and a printed paper are void."""
    if not reason.strip():
        raise Invalid(t("Say what should be changed."), "reason")
    _step(contract, ContractStep.RETURN, now)
    contract.approved_by = contract.approved_at = None
    mark_paper(contract.document_id, "withdrawn")
    audit.record(actor, "contract.returned", contract, now, reason=reason.strip())
    tell_author(contract, contract, "returned", actor, now, reason.strip())


def void(contract: Contract, reason: str, actor: Viewer, now: datetime) -> None:
    """Give up a contract that was never in force; its quotation may make another one."""
    if not reason.strip():
        raise Invalid(t("Say why it is voided."), "reason")
    _step(contract, ContractStep.VOID, now)
    before = {"quotation_version": contract.quotation_version_id}
    contract.quotation_version_id = contract.predecessor_id = None
    contract.end_reason = reason.strip()[:1000]
    mark_paper(contract.document_id, "withdrawn")
    audit.record(actor, "contract.voided", contract, now, before=before, reason=reason.strip())


def check_complete(contract: Contract, now: datetime) -> None:
    """Raise Invalid with the first thing that stops a contract from being signed."""
    rows = standing.counting_lines(contract)
    if not rows:
        raise Invalid(t("There is no line in this contract yet."))
    if contract.ends_on < business_day(now):
        raise Invalid(t("The last day has passed. Set a new one."), "ends_on")
    for row in rows:
        wrong = wrong_line(line_facts(row), contract.starts_on, contract.ends_on)
        if wrong:
            text = next(iter(wrong.values()))
            raise Invalid(t("“%(name)s”: %(problem)s", name=row.name_zh, problem=text))
    wrong = wrong_terms(terms_facts(standing.last_terms(contract)), contract.starts_on)
    if wrong:
        raise Invalid(next(iter(wrong.values())))


def too_cheap(rows: list[ContractLine], now: datetime) -> tuple[Text, ...]:
    """The lines whose price is below the floor of the scheme that they came from."""
    wanted = {row.scheme_id for row in rows if row.scheme_id}
    schemes = {
        each.id: each
        for each in db.session.scalars(select(PriceScheme).where(PriceScheme.id.in_(wanted)))
    }
    costs = costs_of_prices(row.price_id for row in rows if row.price_id)
    firm = db.session.get(FirmProfile, 1)
    functional = firm.currency if firm else "CNY"
    spoken = {row.currency for row in rows}
    spoken |= {part.currency for parts in costs.values() for part in parts}
    rates = _rates(spoken - {functional}, functional, now)
    found = []
    for row in rows:
        scheme = schemes.get(row.scheme_id or 0)
        floor = scheme.floor_margin_percent if scheme else None
        if scheme is not None and floor is not None:
            cost = approval.Cost(costs.get(row.price_id or 0, ()), floor, scheme.code)
            found.append(approval.below_the_floor(priced(row), cost, functional, rates))
    return tuple(each for each in found if each is not None)


def mark_paper(document_id: int | None, state: str) -> None:
    """What a printed paper is worth now; the public verification page reads it."""
    db.session.execute(update(Document).where(Document.id == document_id).values(state=state))


def _differing(contract: Contract, rows: list[ContractLine]) -> tuple[Text, ...]:
    version = contract.quotation_version
    assert version is not None
    offered = {row.id: _accepted(row) for row in accepted_lines(version)}
    ours = {row.quotation_line_id: priced(row) for row in rows if row.quotation_line_id}
    others = [row.name_zh for row in rows if row.quotation_line_id not in offered]
    return (*approval.differing(ours, offered), *approval.added(others))


def _accepted(row: QuotationLine) -> approval.Priced:
    return approval.Priced(
        row.name_zh, row.currency, row.unit or "LS", quantity_of(row), row.discount_percent, row.terms or {},
        row.tax_class, row.tax_percent, row.tax_inclusive,
    )  # fmt: skip


def _set_here(row: ContractLine) -> bool:
    """Whether a person set the price in the contract: what was set in the accepted quotation is approved already."""
    return bool(row.manual_reason) and row.quotation_line_id is None


def _rates(codes: set[str], into: str, now: datetime) -> dict[str, ExchangeRate]:
    """The rates of the day; a currency without one is left out."""
    found: dict[str, ExchangeRate] = {}
    for code in sorted(codes):
        with suppress(Invalid):
            found[code] = exchange_rate(code, into, business_day(now))
    return found


def _to_be_signed(
    contract: Contract, actor: Viewer, now: datetime, printer: Printer | None
) -> None:
    db.session.flush()
    document = printer(contract, actor, now) if printer else None
    after = {"sha256": document.sha256} if document else None
    audit.record(actor, "contract.sent", contract, now, after=after)
    tell_customer(contract, contract, "to_sign", actor, now)


def _step(contract: Contract, step: ContractStep, now: datetime) -> None:
    contract.state = STEPS.next(ContractState(contract.state), step)
    contract.updated_at = now
