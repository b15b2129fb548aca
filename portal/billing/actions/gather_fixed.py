"""What nobody drew and is not billed yet: fees, shortfalls, settled overage, credits, interest (DOMAIN E2, E5, E10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from portal.access.viewer import Viewer
from portal.billing.actions.gather_usage import Lines
from portal.billing.actions.pricing import Pricing
from portal.billing.queries.party_books import Books, LineRow, Right
from portal.billing.queries.unbilled import billed_days, waiting_credits
from portal.billing.queries.unbilled_fixed import OverDrawn, lapsed, over_drawn, overdue
from portal.billing.rules.credits import credit_line
from portal.billing.rules.fixed import (
    FEE_UNITS,
    Commitment,
    FeeLine,
    Fixed,
    OverDraw,
    fee_units,
    fees,
    real_overage,
    shortfall,
    spans,
    true_up,
)
from portal.billing.rules.kinds import LineKind, Once
from portal.billing.rules.late_fees import late_fee
from portal.billing.rules.line_names import line_name
from portal.billing.rules.months import end_of
from portal.billing.rules.statement_lines import LineDraft, Settling, Subject, billed
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.contracts.rules.chains import price_on
from portal.contracts.rules.kinds import Allowance
from portal.kernel.errors import Invalid

ZERO = Decimal(0)
OUTSIDE = TaxTerms(TaxKind.OUTSIDE)
"""Interest is no supply."""
Found = Iterator[tuple[str, LineDraft]]


def gather_fixed(pricing: Pricing, drafts: Iterable[int], today: date, viewer: Viewer) -> Lines:
    """The lines of everything that falls due up to the period's end; interest up to today while the period lasts."""
    on_drafts = list(drafts)
    found: Lines = {}
    for source in (
        _fees(pricing, on_drafts, viewer),
        _settled_rights(pricing, on_drafts, viewer),
        _credits(pricing, on_drafts, viewer),
        _late_fees(pricing, on_drafts, today, viewer),
    ):
        for currency, line in source:
            found.setdefault(currency, []).append(line)
    return found


def fee_chains(books: Books) -> dict[int, list[LineRow]]:
    """The party's chains that are fees, by root."""
    return {
        root_id: chain for root_id, chain in books.settled_chains() if chain[0].unit in FEE_UNITS
    }


def fees_of(
    pricing: Pricing, root_id: int, chain: list[LineRow], until: date, done: Iterable[date]
) -> list[Fixed]:
    """The fees of a chain that fell due up to a day, without those in `done`."""
    last_on = pricing.books.contracts[chain[0].contract_id].last_on
    lines = [
        FeeLine(
            pricing.price_of(line, min(last, until)), first, last,
            fee_units(line.unit, line.quantity, Allowance(line.allowance)),
        )
        for line, first, last in spans(chain, last_on)
    ]  # fmt: skip
    return fees(lines, root_id, until, set(done))


def _fees(pricing: Pricing, drafts: list[int], viewer: Viewer) -> Found:
    chains = fee_chains(pricing.books)
    done = billed_days((Once.FEE,), chains, drafts, viewer)
    for root_id, chain in chains.items():
        try:
            due = fees_of(
                pricing, root_id, chain, end_of(pricing.period), done.get((Once.FEE, root_id), ())
            )
            owner = pricing.books.owner_of(chain[0])
            for fixed in due:
                yield fixed_line(pricing, LineKind.FEE, chain, fixed, owner)
        except Invalid as why:
            raise pricing.named(chain[0], chain[0].unit, why) from why


def _settled_rights(pricing: Pricing, drafts: list[int], viewer: Viewer) -> Found:
    books, until = pricing.books, end_of(pricing.period)
    ended = {
        right.id: right
        for right in books.rights.values()
        if not right.is_unlimited
        and last_of(books, right) <= until
        and books.settles(right.customer_id, right.contract_id)
        and right.line_id in books.lines
    }
    done = billed_days((Once.SHORTFALL, Once.TRUE_UP), ended, drafts, viewer)
    open_ = {kind: [each for each in ended if (kind, each) not in done] for kind in Once}
    short = [each for each in open_[Once.SHORTFALL] if is_committed(books, ended[each])]
    over = [each for each in open_[Once.TRUE_UP] if ended[each].over_used]
    gone = lapsed({*short, *over}, viewer)
    draws = over_drawn(
        (i for i in over if ended[i].granted + gone.get(i, ZERO) > ended[i].used), viewer
    )
    for right_id in short:
        yield from settled(pricing, shortfall_of(pricing, ended[right_id], gone), ended[right_id])
    for right_id, drawn in draws.items():
        right = ended[right_id]
        yield from settled(pricing, true_up_of(pricing, right, gone, drawn), right)  # fmt: skip


def last_of(books: Books, right: Right) -> date:
    """The last day of an entitlement that its contract did not cut short."""
    contract = books.contracts.get(right.contract_id)
    return right.ends_on if contract is None else min(right.ends_on, contract.last_on)


def is_committed(books: Books, right: Right) -> bool:
    """Whether what was not used of an entitlement is charged: not where it goes on to the next period."""
    line = price_on(books.lines[right.line_id], right.ends_on)
    if line is None or not line.charges_shortfall:
        return False
    return not (line.carries_over and _has_next(books, right))


def _has_next(books: Books, right: Right) -> bool:
    return any(
        each.line_id == right.line_id and each.period_no == right.period_no + 1
        for each in books.rights.values()
    )


def shortfall_of(pricing: Pricing, right: Right, gone: Mapping[int, Decimal]) -> Fixed | None:
    """What was committed and not used of an ended entitlement; `gone`: what lapsed, by entitlement."""
    contract = pricing.books.contracts[right.contract_id]
    return shortfall(
        Commitment(
            right.id, pricing.price(right.line_id, right.ends_on), right.starts_on, right.ends_on,
            right.granted + gone.get(right.id, ZERO), right.used + right.over_used, contract.last_on,
        ),
        end_of(pricing.period),
    )  # fmt: skip


def true_up_of(
    pricing: Pricing, right: Right, gone: Mapping[int, Decimal], drawn: Iterable[OverDrawn]
) -> Fixed | None:
    """The credit for overage that turned out to be none."""
    granted = right.granted + gone.get(right.id, ZERO)
    return true_up(
        right.id, right.starts_on, right.ends_on, real_overage(granted, right.used + right.over_used),
        [OverDraw(each.over, pricing.price(right.line_id, each.occurred_on)) for each in drawn],
        max(end_of(pricing.period), right.ends_on),
    )  # fmt: skip


def settled(pricing: Pricing, fixed: Fixed | None, right: Right) -> Found:
    """The line of a shortfall or of settled overage, if there is anything to settle."""
    if fixed is None:
        return
    kind = LineKind.SHORTFALL if fixed.once[0][0] is Once.SHORTFALL else LineKind.TRUE_UP
    chain = pricing.books.lines[right.line_id]
    try:
        yield fixed_line(pricing, kind, chain, fixed, right.customer_id, right.id)
    except Invalid as why:
        raise pricing.named(chain[0], f"{right.starts_on} – {right.ends_on}", why) from why


def fixed_line(
    pricing: Pricing, kind: LineKind, chain: list[LineRow], fixed: Fixed, served_id: int,
    entitlement_id: int | None = None,
) -> tuple[str, LineDraft]:  # fmt: skip
    """(statement's currency, line) of a fixed charge of a chain; its tax is that of the charge's last day."""
    line = price_on(chain, fixed.starts_on) or chain[0]
    price = pricing.price_of(line, fixed.ends_on)
    name_zh, name_en = line_name(kind, line.name_zh, line.name_en)
    subject = Subject(
        kind=kind, served_id=served_id, name_zh=name_zh, name_en=name_en, starts_on=fixed.starts_on,
        ends_on=fixed.ends_on, item_id=line.item_id, contract_id=line.contract_id, contract_line_id=line.id,
        entitlement_id=entitlement_id, is_late=fixed.ends_on < pricing.period.start_on, once=fixed.once,
    )  # fmt: skip
    currency, exchange = pricing.settled(fixed.charged.currency, fixed.ends_on)
    settling = Settling(currency, price.tax, price.tax_class, exchange)
    return currency, billed(subject, fixed.charged, settling)


def _credits(pricing: Pricing, drafts: list[int], viewer: Viewer) -> Found:
    for credit in waiting_credits(pricing.books.party_id, drafts, viewer):
        yield credit.currency, credit_line(credit, end_of(pricing.period))


def _late_fees(pricing: Pricing, drafts: list[int], today: date, viewer: Viewer) -> Found:
    percent = pricing.books.terms.late_fee_percent
    if not percent:
        return
    until = min(end_of(pricing.period), today)
    rows = overdue(pricing.books.party_id, until, viewer)
    done = billed_days((Once.LATE_DAY,), (row.id for row, _ in rows), drafts, viewer)
    for row, late in rows:
        before = done.get((Once.LATE_DAY, row.id))
        fixed = late_fee(late, percent, until, max(before) if before else None)
        if fixed is not None:
            yield late_line(pricing, row.id, row.reference, fixed)


def late_line(
    pricing: Pricing, receivable_id: int, reference: str, fixed: Fixed
) -> tuple[str, LineDraft]:
    """(statement's currency, line) of the interest on one receivable."""
    name_zh, name_en = line_name(LineKind.LATE_FEE, "")
    subject = Subject(
        kind=LineKind.LATE_FEE, served_id=pricing.books.party_id, name_zh=name_zh, name_en=name_en,
        starts_on=fixed.starts_on, ends_on=fixed.ends_on, receivable_id=receivable_id, reference=reference,
        is_late=fixed.ends_on < pricing.period.start_on, once=fixed.once,
    )  # fmt: skip
    currency, exchange = pricing.settled(fixed.charged.currency, fixed.ends_on)
    return currency, billed(subject, fixed.charged, Settling(currency, OUTSIDE, "", exchange))
