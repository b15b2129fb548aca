"""A contract and the opportunity that it comes from: items go in, amount and items come back (O8, O9, DOMAIN Q7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.catalogue.queries.prices import LanePrice, prices_of_items
from portal.catalogue.queries.rates import exchange_rate
from portal.catalogue.rules.exchange import ExchangeRate, convert
from portal.catalogue.rules.picking import first_choice
from portal.contracts.actions import lines
from portal.contracts.actions.drafting import add_rows, check_editable, recount
from portal.contracts.actions.values import counted
from portal.contracts.models import Contract, ContractLine
from portal.contracts.queries import standing
from portal.contracts.rules.totals import amount_of
from portal.db import audit
from portal.db.base import db
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.money import round_money
from portal.kernel.text import t
from portal.kernel.units import UNITS
from portal.opportunities.actions.write_back import write_back
from portal.opportunities.models import Opportunity, OpportunityLine
from portal.opportunities.rules.papers import PaperKind, PaperLine, PaperStep
from portal.opportunities.rules.states import OpportunityState

HUNDRED = Decimal(100)


def tell(contract: Contract, step: PaperStep, actor: Viewer, now: datetime) -> None:
    """Let the opportunity know of a step, where the contract comes from one: what is agreed for its whole time.

    Lines without a limit have no amount; a currency without a rate leaves the amount unknown, never guessed.
    """
    if contract.opportunity_id is None:
        return
    found = paper_lines(contract, now)
    amounts = [each.amount for each in found if each.amount is not None]
    is_whole = bool(amounts) and not _without_rate(contract, now)
    write_back(
        contract.opportunity_id, PaperKind.CONTRACT.value, contract.id, contract.number, step.value,
        sum(amounts, Decimal(0)) if is_whole else None, contract.currency, found, actor, now,
    )  # fmt: skip


def paper_lines(contract: Contract, now: datetime) -> list[PaperLine]:
    """What is agreed, net of tax in the contract's currency at the rate of the day."""
    rates = _rates(contract, now)
    return [_paper_line(row, contract, rates) for row in standing.tails(contract)]


def link(contract: Contract, opportunity_id: int | None, actor: Viewer, now: datetime) -> None:
    """Say from which opportunity a draft comes; None: from none. Invalid at "opportunity_id" for another customer's."""
    check_editable(contract)
    if contract.opportunity_id == opportunity_id:
        return
    if opportunity_id is not None:
        row = load(Opportunity, opportunity_id, actor, Permission.OPPORTUNITY_SEE)
        if row.customer_id != contract.customer_id:
            raise Invalid(t("This opportunity is another customer's."), "opportunity_id")
        if row.state != OpportunityState.OPEN.value:
            raise NotAllowedNow(t("This opportunity is won or lost."))
    before = {"opportunity": contract.opportunity_id}
    contract.opportunity_id, contract.updated_at = opportunity_id, now
    after = {"opportunity": opportunity_id}
    audit.record(actor, "contract.changed", contract, now, before=before, after=after)


def take_items(
    contract: Contract, opportunity_id: int, actor: Viewer, now: datetime, seen: int | None = None
) -> list[ContractLine]:
    """Add the opportunity's service items to a draft that comes from it from now on.

    Each takes the price that a sale would take by itself, else the opportunity's own as a price by hand. Left out: what
    is only told in words, or has no price. Invalid when nothing can be taken.
    """
    check_editable(contract, seen)
    row = load(Opportunity, opportunity_id, actor, Permission.OPPORTUNITY_SEE)
    link(contract, row.id, actor, now)
    prices = _offers(contract, row.lines, actor, now)
    made = [_line(contract, line, row, prices.get(line.item_id or 0), now) for line in row.lines]
    rows = [each for each in made if each is not None]
    if not rows:
        raise Invalid(t("This opportunity has no service items with a price yet."), "opportunity_id")  # fmt: skip
    lines.check_room(contract, len(rows))
    add_rows(contract, rows)
    after = {"opportunity": row.number, "added": [each.name_zh for each in rows]}
    audit.record(actor, "contract.changed", contract, now, after=after)
    recount(contract, now)
    return rows


def contracts_of(opportunity_id: int) -> list[Contract]:
    """The contracts that come from an opportunity, newest first, as far as the session may see them."""
    wanted = select(Contract).where(Contract.opportunity_id == opportunity_id)
    return list(db.session.scalars(wanted.order_by(Contract.id.desc())))


def _paper_line(row: ContractLine, contract: Contract, rates: Mapping[str, ExchangeRate]) -> PaperLine:  # fmt: skip
    amount = amount_of(counted(row))
    if amount is not None and row.tax_inclusive:
        amount = round_money(amount * HUNDRED / (HUNDRED + row.tax_percent), row.currency)
    if amount is not None and row.currency != contract.currency:
        rate = rates.get(row.currency)
        amount = None if rate is None else convert(amount, row.currency, contract.currency, rate).converted  # fmt: skip
    rate_shown = row.rate if row.currency == contract.currency else None
    quantity = row.quantity if row.quantity is not None else Decimal(0)
    return PaperLine(row.item_id, row.name_zh, quantity, row.unit, rate_shown, amount)


def _rates(contract: Contract, now: datetime) -> dict[str, ExchangeRate]:
    found: dict[str, ExchangeRate] = {}
    for code in {row.currency for row in standing.tails(contract)} - {contract.currency}:
        with suppress(Invalid):
            found[code] = exchange_rate(code, contract.currency, business_day(now))
    return found


def _without_rate(contract: Contract, now: datetime) -> bool:
    """Whether something of the contract has an amount that cannot be converted."""
    known = {contract.currency, *_rates(contract, now)}
    rows = standing.tails(contract)
    return any(row.currency not in known and amount_of(counted(row)) is not None for row in rows)


def _offers(
    contract: Contract, wanted: Sequence[OpportunityLine], actor: Viewer, now: datetime
) -> dict[int, LanePrice]:
    ids = sorted({line.item_id for line in wanted if line.item_id is not None})
    found = prices_of_items(ids, actor, contract.customer, business_day(now))
    chosen = {item_id: first_choice([p for p in found if p.item_id == item_id]) for item_id in ids}
    return {item_id: price for item_id, price in chosen.items() if price is not None}


def _line(
    contract: Contract, line: OpportunityLine, row: Opportunity, price: LanePrice | None, now: datetime
) -> ContractLine | None:  # fmt: skip
    quantity = line.quantity or None
    if price is not None:
        made = lines.line_of_price(contract, price, contract.starts_on, now)
        made.quantity = quantity
        return made
    if line.item_id is None or line.rate is None or line.unit not in UNITS:
        return None
    wish = lines.ManualLine(line.item_id, line.unit, row.currency, line.rate, row.number, quantity)
    return lines.line_by_hand(contract, wish, contract.starts_on, now)
