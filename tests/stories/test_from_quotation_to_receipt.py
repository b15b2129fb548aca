"""One customer's money from an accepted quotation to the last receipt: billed, disputed, invoiced, paid, corrected.

Every figure is worked out by hand in the sentence beside it, never by what is tested. Prices of the contract are gross
with 6 % inside, of storage net; freight is exempt and in dollars.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.actions import (
    confirming,
    crediting,
    deciding,
    disputing,
    verifying,
)
from portal.billing.actions.crediting import Ask
from portal.billing.models import (
    Credit,
    Receivable,
    Statement,
    StatementLine,
    StatementRevision,
)
from portal.billing.queries.statements import lines_of
from portal.billing.rules.states import CreditState, DisputeState, LineState, StatementState
from portal.db import audit
from portal.db.base import db
from portal.kernel.period import Period
from portal.kernel.tables import write_csv
from portal.receivables.actions import allocating, invoicing, requests
from portal.receivables.actions.requests import RequestFacts
from portal.receivables.models import Allocation, Invoice, Receipt
from portal.receivables.queries import open_items
from portal.receivables.rules.invoices import InvoiceFacts, RedFacts
from portal.receivables.rules.kinds import InvoiceKind
from portal.shipments.actions import bookings, completing, milestones, opening, shipments
from portal.shipments.actions.milestones import Report
from portal.shipments.rules.booking import BookingFacts, Wish
from portal.shipments.rules.boxes import Box
from portal.usage.actions import recording
from portal.usage.models import UsageRecord
from tests import billing_worlds as worlds
from tests.cast import Cast
from tests.offers import quick_press  # noqa: F401 - a fixture
from tests.stories.paying import (
    Chain,
    at,
    billed_and_published,
    disputes,
    gross_by,
    line,
    paid_in,
    revisions,
    signed,
    sums,
)

pytestmark = pytest.mark.usefixtures("quick_press")
D = Decimal
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
APRIL = Period(date(2026, 4, 1), date(2026, 4, 30))
BLUE, RED, TAXED, FREIGHT = (f"2631700000000000{tail:04d}" for tail in (1, 2, 3, 4))
HEADS = ("客户代码", "服务项目代码", "数量", "单位", "日期", "参考号")


@pytest.fixture
def chain(cast: Cast, now: datetime) -> Chain:
    """The customer with what was quoted, accepted and signed."""
    return signed(cast, now)


def test_from_an_accepted_quotation_to_the_last_receipt(chain: Chain, tmp_path: Path) -> None:
    """The chapters in their order; after each of them the books agree, and nothing is wrong with any line."""
    a_box_is_booked_and_carried(chain)
    a_file_tells_what_was_used(chain, tmp_path / "三月.csv")
    for chapter in (
        goods_come_and_go, march_is_billed, all_but_two_lines_are_confirmed, one_dispute_is_granted_in_part,
        the_other_is_rejected_and_raised_again, a_part_is_invoiced_and_taken_back, all_of_it_is_invoiced,
        what_april_learns_about_march, a_part_is_paid_then_too_much, one_payment_is_undone,
        three_past_days_have_their_ages, april_carries_what_came_late, the_rest_is_settled,
    ):  # fmt: skip
        chapter(chain)
        db.session.commit()
        the_books_agree()
    assert verifying.verify() == []
    assert audit.first_broken_link() is None


def a_box_is_booked_and_carried(chain: Chain) -> None:
    """One 40GP at USD 3,700 and its handling at the terminal at 886, done on March 20; 3 - 1 = 2 boxes are left."""
    freight, terminal = chain.right("O/F", unit="40GP"), chain.right("THC", unit="40FT")
    wishes = [Wish(freight.id, D(1)), Wish(terminal.id, D(1))]
    facts = BookingFacts(ready_on=date(2026, 3, 5), goods="冷冻调味品")
    with at(date(2026, 3, 3)) as now:
        booking = bookings.book(chain.harbour, wishes, facts, chain.by("lin"), now)
        shipment = opening.confirm(booking, chain.by("customer_service"), now)
        box = Box("CSQU3054383", "40GP", "SL1")
        shipments.set_boxes(shipment, [box], chain.by("customer_service"), now)
    with at(date(2026, 3, 20)) as now:
        desk = chain.by("customer_service")
        milestones.report(shipment, Report("departed", actual_at=now), desk, now)
        completing.complete(shipment, completing.proposed(shipment), date(2026, 3, 20), desk, now)
    db.session.commit()
    assert chain.right("O/F", unit="40GP").remaining == 2


def a_file_tells_what_was_used(chain: Chain, path: Path) -> None:
    """3 + 21 + 20 rows: 600 + 300 + 250 = 1,150 labels (150 beyond 1,000), 21 declarations, 20 orders."""
    rows = [chain.file_row("LAB", much, at) for at, much in enumerate(("600", "300", "250"))]
    rows += [chain.file_row("C/D", "1", at) for at in range(21)]
    rows += [chain.file_row("OUT", "1", at) for at in range(20)]
    write_csv(path, [HEADS, *rows])
    with at(date(2026, 3, 31), 18) as now:
        done = chain.tell_file(path, now)
    assert done.counts["applied"]["matched"] == 44
    labels = chain.right("LAB")
    assert (labels.used, labels.over_used, labels.remaining) == (1000, 150, 0)


def goods_come_and_go(chain: Chain) -> None:
    """The March of G7: 500 pieces of 0.024 m³ lie there, 300 in on the 5th, 420 out, 200 in, 130 out; 450 are left."""
    for day, kind, pieces in (
        (date(2026, 2, 27), "in", "500"), (date(2026, 3, 5), "in", "300"), (date(2026, 3, 12), "out", "420"),
        (date(2026, 3, 20), "in", "200"), (date(2026, 3, 25), "out", "130"),
    ):  # fmt: skip
        with at(max(day, date(2026, 3, 2)), 17) as now:
            worlds.moved(chain.harbour, kind, pieces, day, now)


def march_is_billed(chain: Chain) -> None:
    """Run on April 2 and again, reviewed, published: 50 lines.

    Freight 3,700 × 7.1034 = 26,282.58. Terminal 886.00 = 835.85 + 50.15. Labels 72.00 + 36.00 + 12.00 within and
    150 × 0.15 = 22.50 beyond: 142.50 = (67.92 + 33.96 + 11.32 + 21.23) + 8.07. Declarations 21 × (235.85 + 14.15) =
    5,250.00. Orders 20 × (11.32 + 0.68) = 240.00, and 10 of 30 were missing: 120.00 = 113.21 + 6.79. The fee of 30 of
    31 days 600 × 30 / 31 = 580.65 = 547.78 + 32.87. Storage from March 2 with both days counted: 17,240 - 500 = 16,740
    pieces·days × 0.024 = 401.76 m³·day × 0.85 = 341.50, + 6 % 20.49 = 361.99.

    Net 26,282.58 + 835.85 + 134.43 + 4,952.85 + 226.40 + 113.21 + 547.78 + 341.50 = 33,434.60; tax 50.15 + 8.07 +
    297.15 + 13.60 + 6.79 + 32.87 + 20.49 = 429.12; together 33,863.72.
    """
    billed_and_published(chain, MARCH, date(2026, 4, 2))
    march = chain.statement(MARCH)
    assert (march.line_count, march.state) == (50, StatementState.PUBLISHED)
    assert sums(march) == (D("33434.60"), D("429.12"), D("33863.72"))
    assert gross_by(march) == {
        "usage/O/F": D("26282.58"), "usage/THC": D("886.00"), "usage/LAB": D("142.50"), "usage/C/D": D("5250.00"),
        "usage/OUT": D("240.00"), "shortfall/OUT": D("120.00"), "fee/SYS": D("580.65"), "storage/STG": D("361.99"),
    }  # fmt: skip
    owed = chain.owed(MARCH)
    assert (owed.open_amount, owed.due_on) == (D("33863.72"), date(2026, 4, 30))


def all_but_two_lines_are_confirmed(chain: Chain) -> None:
    """Disputed: 300 of the terminal's 886 and a declaration of 250. Confirmed 33,863.72 - 886 - 250 = 32,727.72."""
    march, lin = chain.statement(MARCH), chain.by("lin")
    terminal, declaration = line(march, "THC"), line(march, "C/D", "C/D-21")
    rest = [each for each in confirming.open_ids(march) if each not in (terminal.id, declaration.id)]  # fmt: skip
    with at(date(2026, 4, 3)) as now:
        assert confirming.confirm(march, rest, 1, lin, now) == 48
        disputing.raise_(terminal, "rate", D(300), "合同价格为 586", 1, lin, now)
        disputing.raise_(declaration, "quantity", D(250), "这票没有报关", 1, lin, now)
    assert (march.state, march.confirmed_amount, march.disputed_amount) == (
        StatementState.PARTLY_DISPUTED, D("32727.72"), D("1136.00"),
    )  # fmt: skip


def one_dispute_is_granted_in_part(chain: Chain) -> None:
    """200 of 300: a credit of 188.68 + 11.32, so revision 2 has 51 lines and 33,663.72; the first is as it was."""
    first, _ = disputes()
    with at(date(2026, 4, 6)) as now:
        deciding.accept(first, D(200), "等待费减半", chain.by("finance"), now)
    march = chain.statement(MARCH)
    assert (first.state, march.revision_no, march.line_count) == ("partly_accepted", 2, 51)
    assert sums(march) == (D("33245.92"), D("417.80"), D("33663.72"))
    assert [each.gross_amount for each in revisions(march)] == [D("33863.72"), D("33663.72")]
    assert len(lines_of(march, 1)) == 50
    credit = line(march, kind="credit")
    assert (credit.net_amount, credit.tax_amount) == (D("-188.68"), D("-11.32"))
    assert (march.confirmed_amount, march.disputed_amount) == (D("33413.72"), D("250.00"))


def the_other_is_rejected_and_raised_again(chain: Chain) -> None:
    """Rejected: all is confirmed. Raised again: 250 is in dispute once more, and somebody else is to decide."""
    _, second = disputes()
    with at(date(2026, 4, 6), 11) as now:
        deciding.reject(second, "报关单号 2248 即为该票", chain.by("finance"), now)
    march = chain.statement(MARCH)
    assert (march.state, march.confirmed_amount) == (StatementState.CONFIRMED, D("33663.72"))
    with at(date(2026, 4, 7)) as now:
        disputing.raise_again(second, "2248 是另一家的报关单", chain.by("lin"), now)
    assert (march.state, march.confirmed_amount) == (
        StatementState.PARTLY_DISPUTED, D("33413.72"),
    )  # fmt: skip
    assert (second.level, line(march, "C/D", "C/D-21").state) == (2, LineState.DISPUTED)


def a_part_is_invoiced_and_taken_back(chain: Chain) -> None:
    """The confirmed 6 %: net 33,245.92 - 26,282.58 - 235.85 = 6,727.49, tax 417.80 - 14.15 = 403.65: 7,131.14."""
    march, lin, finance = chain.statement(MARCH), chain.by("lin"), chain.by("finance")
    title, tax_number = "海港食品有限公司", "91310000MA1K000001"
    with at(date(2026, 4, 8)) as now:
        wanted = RequestFacts(InvoiceKind.SPECIAL, {march.id: D("7131.14")}, title, tax_number)
        asked = requests.ask(chain.harbour, wanted, lin, now)
        blue = invoicing.register(
            chain.harbour, paper(march, BLUE, "6727.49", "403.65"), finance, now, asked
        )
    assert (march.invoiced_amount, march.state, asked.state) == (
        D("7131.14"), StatementState.PARTLY_DISPUTED, "invoiced",
    )  # fmt: skip
    with at(date(2026, 4, 9)) as now:
        red = RedFacts(RED, date(2026, 4, 9), "3100000000000001", "抬头有误")
        taken_back = invoicing.reverse(blue, red, finance, now)
    assert (taken_back.gross_amount, march.invoiced_amount) == (D("-7131.14"), 0)


def paper(
    march: Statement, number: str, net: str, tax: str, kind: InvoiceKind = InvoiceKind.SPECIAL
) -> InvoiceFacts:
    """What stands on an invoice of April."""
    gross = D(net) + D(tax)
    day = date(2026, 4, 8 if number == BLUE else 13)
    return InvoiceFacts(
        kind, number, day, "海港食品有限公司", D(net), D(tax), gross, {march.id: gross},
        tax_number="91310000MA1K000001",
    )  # fmt: skip


def all_of_it_is_invoiced(chain: Chain) -> None:
    """The manager upholds the 250, so 7,131.14 + 250 = 7,381.14 with tax and 26,282.58 without: 33,663.72, billed."""
    _, second = disputes()
    with at(date(2026, 4, 10)) as now:
        deciding.reject(second, "附海关回执", chain.by("finance_manager"), now)
    march, finance = chain.statement(MARCH), chain.by("finance")
    assert (second.state, march.state) == (DisputeState.REJECTED, StatementState.CONFIRMED)
    with at(date(2026, 4, 13)) as now:
        taxed = paper(march, TAXED, "6963.34", "417.80")
        invoicing.register(chain.harbour, taxed, finance, now)
        assert march.state == StatementState.CONFIRMED
        exempt = paper(march, FREIGHT, "26282.58", "0", InvoiceKind.ORDINARY)
        invoicing.register(chain.harbour, exempt, finance, now)
    assert (march.invoiced_amount, march.state) == (D("33663.72"), StatementState.BILLED)
    assert sum(db.session.scalars(select(Invoice.gross_amount))) == D("33663.72")


def what_april_learns_about_march(chain: Chain) -> None:
    """One declaration of March is told late, one that was billed is reversed, 100 of the fee is given back."""
    chain.used("C/D", "1", date(2026, 3, 30), date(2026, 4, 15))
    wanted = select(UsageRecord).where(UsageRecord.reference == "C/D-01")
    with at(date(2026, 4, 16)) as now:
        double = db.session.scalars(wanted).one()
        recording.reverse(double, "同一票重复", chain.by("customer_service"), now)
        fee = line(chain.statement(MARCH), "SYS")
        ask = Ask(D(100), "系统停机两天", line=fee)
        credit = crediting.propose(
            chain.harbour, ask, crediting.GOODWILL, None, chain.by("finance"), now
        )
    assert (credit.state, credit.net_amount) == (CreditState.GRANTED, D("94.34"))
    chain.used("OUT", "30", date(2026, 4, 20), date(2026, 4, 20))
    chain.used("LAB", "500", date(2026, 4, 21), date(2026, 4, 21))


def a_part_is_paid_then_too_much(chain: Chain) -> None:
    """10,000.00 leaves 23,663.72; 25,000.00 is 1,336.28 more than that, which waits as a prepayment."""
    paid = paid_in(chain, "10000", date(2026, 4, 20))
    assert (paid.open_amount, chain.owed(MARCH).open_amount) == (0, D("23663.72"))
    paid = paid_in(chain, "25000", date(2026, 5, 6))
    owed = chain.owed(MARCH)
    assert (paid.open_amount, owed.open_amount) == (D("1336.28"), 0)
    assert owed.settled_on == date(2026, 5, 6)


def one_payment_is_undone(chain: Chain) -> None:
    """The 10,000.00 of April 20 paid something else: as much is open again, of receipt and statement."""
    wanted = select(Allocation).order_by(Allocation.id).limit(1)
    with at(date(2026, 5, 7)) as now:
        first = db.session.scalars(wanted).one()
        allocating.undo(first, "付的是押金", chain.by("finance"), now)
    owed = chain.owed(MARCH)
    assert (first.receipt.open_amount, owed.open_amount, owed.settled_on) == (10000, 10000, None)


def three_past_days_have_their_ages(chain: Chain) -> None:
    """Not due, 1-30, 31-60 days, disputed, as of three days, asked on June 1; March was due on April 30.

    April 5: 33,863.72, of it 886 + 250 disputed. May 5: 23,663.72 for 5 days. May 31: 10,000.00 for 31 days.
    """
    for day, expected in (
        (date(2026, 4, 5), ("32727.72", 0, 0, "1136.00")),
        (date(2026, 5, 5), (0, "23663.72", 0, 0)),
        (date(2026, 5, 31), (0, 0, 10000, 0)),
    ):
        with at(date(2026, 6, 1)):
            (row,) = open_items.ageing(SYSTEM, day, customer_ids=[chain.harbour_id])
        found = (*row.aged.columns[:3], row.aged.disputed)
        assert found == tuple(D(each) for each in expected), day


def april_carries_what_came_late(chain: Chain) -> None:
    """Late declaration 250.00, its like reversed -250.00, credit -100.00 = -94.34 - 5.66.

    Orders 30 × 12 = 360.00 = 339.62 + 20.38 (30 committed, so nothing is missing); labels 60.00 = 56.60 + 3.40; fee
    600.00 = 566.04 + 33.96; storage 450 × 30 × 0.024 = 324 m³·day × 0.85 = 275.40, + 16.52 = 291.92.
    Net 339.62 + 56.60 + 566.04 + 275.40 - 94.34 = 1,143.32; tax 20.38 + 3.40 + 33.96 + 16.52 - 5.66 = 68.60.
    """
    billed_and_published(chain, APRIL, date(2026, 6, 1))
    april, march = chain.statement(APRIL), chain.statement(MARCH)
    assert sums(april) == (D("1143.32"), D("68.60"), D("1211.92"))
    late = [(each.kind, each.gross_amount) for each in worlds.lines(april) if each.is_late]
    assert sorted(late) == [("reversal", D("-250.00")), ("usage", D("250.00"))]
    assert line(april, kind="reversal").reverses_id == line(march, "C/D", "C/D-01").id
    assert line(april, kind="credit").gross_amount == D("-100.00")
    assert (march.revision_no, march.gross_amount) == (2, D("33663.72"))
    assert chain.owed(APRIL).due_on == date(2026, 5, 30)


def the_rest_is_settled(chain: Chain) -> None:
    """10,000.00 pays March again, 1,211.92 of 1,336.28 April: 124.36 are left, and nothing is open."""
    with at(date(2026, 6, 2)) as now:
        for receipt in db.session.scalars(select(Receipt).order_by(Receipt.id)).all():
            allocating.allocate(receipt, None, date(2026, 6, 2), chain.by("finance"), now)
    left = select(Receipt.open_amount).order_by(Receipt.id)
    assert list(db.session.scalars(left)) == [0, D("124.36")]
    assert [chain.owed(each).open_amount for each in (MARCH, APRIL)] == [0, 0]


def the_books_agree() -> None:
    """What is open is what the first revisions said, less credits given since, less what receipts paid."""
    first = select(StatementRevision.gross_amount).where(StatementRevision.number == 1)
    since = (
        select(Credit.gross_amount)
        .join(StatementLine, StatementLine.credit_id == Credit.id)
        .where(StatementLine.from_revision > 1)
    )
    came, kept = select(Receipt.amount), select(Receipt.open_amount)
    left = select(Receivable.open_amount)
    issued, credited, received, waiting, owed = (
        sum(db.session.scalars(each), D(0)) for each in (first, since, came, kept, left)
    )
    assert owed == issued - credited - (received - waiting)
