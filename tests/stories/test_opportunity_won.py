"""An opportunity from its first words to the amended contract: items go out, amount and items come back (O8, O9)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.catalogue.models import ServiceItem
from portal.contracts.actions import amended, amending, approving, signing
from portal.contracts.actions import drafting as contracts
from portal.contracts.models import Contract
from portal.db.base import db
from portal.db.together import answer
from portal.kernel.errors import InvalidMany, NotAllowedNow
from portal.opportunities.actions import course
from portal.opportunities.models import Opportunity, OpportunityTask
from portal.opportunities.queries import beside
from portal.opportunities.rules.values import NewLine
from portal.quotations.actions import answering, drafting
from portal.quotations.actions.answering import Signature
from portal.quotations.actions.from_opportunity import take_items
from portal.quotations.models import QuotationVersion
from tests.cast import Cast, viewer
from tests.contracts import SIGNED
from tests.factories import golden_fcl
from tests.offers import FACTS, firm, fresh, issue, quick_press  # noqa: F401 - a fixture
from tests.opportunities import a_reason, an_opportunity, stage_of

pytestmark = pytest.mark.usefixtures("quick_press")
D = Decimal
NET = D("151132.72")
"""Freight and its surcharges of G1, USD 20,485 at 7.1260, and CNY 5,466 less the 6 % inside, line by line."""


def found(cast: Cast, now: datetime) -> Opportunity:
    """Six boxes to New York, guessed at CNY 100,000."""
    golden_fcl(now)
    firm()
    boxes = {row.packaging: row for row in db.session.scalars(select(ServiceItem)) if row.packaging}
    lines = [
        NewLine(boxes[code].id, "", D(count), code)
        for code, count in (("20GP", 2), ("40GP", 3), ("40HQ", 1))
    ]
    return an_opportunity(cast, now, amount=D(100000), lines=lines, close_on=date(2026, 3, 31))


def quoted(row: Opportunity, cast: Cast, now: datetime) -> QuotationVersion:
    """Its items in a quotation, issued."""
    desk = viewer(cast.sales)
    quotation = drafting.create(row.customer, "上海到纽约", desk, now, facts=FACTS)
    take_items(drafting.latest_version(quotation), row.id, desk, now)
    return fresh(issue(quotation, cast, now))


def logged(row: Opportunity) -> list[tuple[str, str, Decimal | None, Decimal | None, bool]]:
    backs = answer(beside.write_backs(row, SYSTEM))
    return [
        (b.source_type, b.step, b.before_amount, b.after_amount, b.is_applied)
        for b in reversed(backs)
    ]


def to_do(row: Opportunity) -> list[str]:
    wanted = select(OpportunityTask.title).where(OpportunityTask.opportunity_id == row.id)
    return list(
        db.session.scalars(
            wanted.where(OpportunityTask.state == "open").order_by(OpportunityTask.id)
        )
    )


def test_from_the_first_words_to_the_amended_contract(cast: Cast, now: datetime) -> None:
    row, desk, boss = found(cast, now), viewer(cast.sales), viewer(cast.sales_manager)
    with pytest.raises(InvalidMany) as refused:
        course.move(row, stage_of(row, "quoted"), row.version, desk, now)
    assert set(refused.value.errors) == {"contact_id", "quotation"}

    version = quoted(row, cast, now)
    assert (row.amount, row.currency, row.amount_from, row.likelihood) == (
        NET,
        "CNY",
        "quotation",
        10,
    )
    assert logged(row) == [("quotation", "issued", D(100000), NET, True)]
    assert sum(line.amount or 0 for line in row.lines) == NET

    set_viewer(viewer(cast.lin))  # the customer accepts; of the opportunity she sees nothing
    answering.accept(version, Signature("林晓雯"), viewer(cast.lin), now)
    assert db.session.scalars(select(Opportunity)).all() == []
    set_viewer(SYSTEM)
    assert f"{version.quotation.number} v1 was accepted: record the win" in to_do(row)
    assert (row.state, row.amount) == ("open", NET)  # winning is a person's step

    contract = contracts.draft_from(version, desk, now)
    assert contract.opportunity_id == row.id
    approving.send(contract, desk, now)
    signing.sign(contract, SIGNED, boss, now)
    assert row.amount_from == "contract"
    course.win(row, a_reason("won").id, "", row.version, desk, now)
    assert (row.state, row.likelihood, to_do(row)) == ("won", 100, [])
    before = row.amount
    amend(contract, cast, now)
    assert (row.amount, logged(row)[-1][1:]) == (
        before,
        ("amended", before, contract_net(row), False),
    )
    with pytest.raises(NotAllowedNow):
        course.lose(row, a_reason("lost").id, None, "", row.version, desk, now)


def amend(contract: Contract, cast: Cast, now: datetime) -> None:
    """One box more of the first line, from June on."""
    desk, boss = viewer(cast.sales), viewer(cast.sales_manager)
    amendment = amending.draft(contract, date(2026, 6, 1), "业务量增加", desk, now)
    amending.change_line(amendment, contract.lines[0].id, {"quantity": D(3)}, desk, now)
    amended.submit(amendment, desk, now)
    amended.approve(amendment, boss, now)
    amended.sign(amendment, SIGNED, boss, now)


def contract_net(row: Opportunity) -> Decimal | None:
    """What the last paper came to."""
    return answer(beside.write_backs(row, SYSTEM))[0].after_amount


def test_a_declined_quotation_changes_no_figure_and_asks_its_owner_why(
    cast: Cast, now: datetime
) -> None:
    row = found(cast, now)
    version = quoted(row, cast, now)
    counter = row.version
    answering.decline(version, "太贵", Signature("林晓雯"), viewer(cast.lin), now)
    assert logged(row)[-1] == ("quotation", "declined", NET, None, False)
    assert (row.amount, row.version) == (NET, counter)
    assert any("was declined" in title for title in to_do(row))
