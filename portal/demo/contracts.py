"""The demo's contracts on their way: drafted, approved, signed, amended, renewed, suspended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.access.viewer import SYSTEM, Viewer
from portal.contracts.actions import (
    amended,
    amending,
    approving,
    closing,
    drafting,
    ending,
    lines,
    renewing,
    signing,
)
from portal.contracts.actions.drafting import Basics
from portal.contracts.actions.lines import LineEdit, ManualLine
from portal.contracts.actions.papers import print_amendment, print_contract
from portal.contracts.actions.signing import Signing
from portal.contracts.actions.values import storage_policy, terms_facts
from portal.contracts.models import Amendment, Contract, ContractLine
from portal.contracts.queries import standing
from portal.contracts.rules.kinds import Overage
from portal.demo.agreed import SIGNED_AFTER, ContractStory, LineStory, Reached, stories
from portal.demo.in_use import in_use
from portal.demo.papers import Paper, scan
from portal.demo.stage import Stage
from portal.kernel.clock import business_day
from portal.quotations.models import QuotationVersion

D = Decimal
MANAGER, OURS = "wu.mei", "吴梅"
PERIODS_ENDED = range(-15, 1)
"""Months, from this one, on whose first day the periods before them end."""


def tell_contracts(stage: Stage, accepted: Callable[[], QuotationVersion]) -> None:
    """Everything that becomes of the contracts, onto the timeline; `accepted` gives the quotation of one of them."""
    for name, story in {**stories(stage.timeline), **in_use(stage.timeline)}.items():
        _tell(stage, name, story)
    _from_the_quotation(stage, accepted)
    _the_group_wants_more(stage)
    _the_shop_goes_on(stage)
    _unpaid(stage)
    for later in PERIODS_ENDED:
        stage.timeline.add(stage.timeline.month(later), "02:00", _end_periods)
    stage.timeline.add(stage.timeline.today, "02:00", _end_periods)


def _tell(stage: Stage, name: str, story: ContractStory) -> None:
    days, sales = stage.timeline, stage.people[story.sales]

    def draft(at: datetime) -> None:
        stage.contracts[name] = _written(stage, story, sales, at)

    def ask(at: datetime) -> None:
        approving.submit(stage.contracts[name], story.reason, sales, at)

    def sign(at: datetime) -> None:
        _signed(stage, name, story.signed_by, at)

    drafted = story.drafted_on
    days.add(drafted, "09:30", draft)
    if story.reached >= Reached.ASKED:
        days.add(drafted + timedelta(days=1), "11:00", ask)
    if story.reached >= Reached.APPROVED:
        days.add(drafted + timedelta(days=2), "15:00", _approval(stage, name, story.printed))
    if story.reached >= Reached.SIGNED:
        days.add(drafted + SIGNED_AFTER, "16:00", sign)


def _approval(stage: Stage, name: str, printed: bool) -> Callable[[datetime], None]:
    def approve(at: datetime) -> None:
        printer = print_contract if printed else None
        approving.approve(stage.contracts[name], stage.people[MANAGER], at, printer=printer)

    return approve


def _written(stage: Stage, story: ContractStory, sales: Viewer, at: datetime) -> Contract:
    basics = Basics(story.title, story.starts_on, story.ends_on, currency=story.currency)
    contract = drafting.draft_by_hand(stage.customer(story.customer), basics, sales, at)
    terms = replace(terms_facts(standing.last_terms(contract)), **story.promises)
    drafting.change(contract, basics, terms, sales, at)
    for each in story.lines:
        item = stage.item(each.charge, **each.item)
        by_hand = ManualLine(item.id, each.unit, each.currency, D(each.rate), "年度谈判价",
                             tax_inclusive=each.inclusive)  # fmt: skip
        row = lines.add_manual(contract, by_hand, sales, at)
        lines.edit(contract, [LineEdit(row.id, _values(stage, each, row))], sales, at)
    return contract


def _values(stage: Stage, story: LineStory, row: ContractLine) -> dict[str, Any]:
    values: dict[str, Any] = {"quantity": story.quantity and D(story.quantity), **story.values}
    policy = storage_policy(row)
    if story.storage and policy is not None:
        values["storage_policy"] = replace(policy, **story.storage)
    if story.branch:
        values["branch_id"] = stage.customer(story.branch).id
    return values


def _signed(stage: Stage, name: str, for_customer: str, at: datetime) -> None:
    contract = stage.contracts[name]
    words = Signing(business_day(at), for_customer, OURS)
    signing.sign(
        contract, words, stage.people[MANAGER], at, _scan(contract, contract.number, words)
    )


def _scan(contract: Contract, number: str, words: Signing) -> Paper:
    """The last page of the signed paper."""
    said = [
        f"编号 No.  {number}", f"甲方  {contract.customer.name_zh}", f"乙方  {OURS}（授权代表）", "",
        f"甲方签字  {words.for_customer}", f"日期  {words.signed_on.isoformat()}",
    ]  # fmt: skip
    return scan(f"{contract.customer.label}_签署页_{number}", "签署页 Signature page", said)


def _from_the_quotation(stage: Stage, accepted: Callable[[], QuotationVersion]) -> None:
    """Harbour Foods takes 24 boxes as quoted; beyond them a box costs USD 150 more."""
    days, sales = stage.timeline, stage.people["chen.li"]

    def draft(at: datetime) -> None:
        contract = drafting.draft_from(accepted(), sales, at, starts_on=days.day(-70))
        freight = next(row for row in contract.lines if row.item.charge_code == "O/F")
        beyond = {
            "overage": Overage.OVERAGE_PRICE.value,
            "overage_rate": (freight.rate or D(0)) + 150,
        }
        lines.edit(contract, [LineEdit(freight.id, beyond)], sales, at)
        approving.send(contract, sales, at)
        stage.contracts["sea"] = contract

    days.add(days.day(-72), "10:30", draft)
    days.add(days.day(-70), "14:00", lambda at: _signed(stage, "sea", "林晓雯", at))


def _the_group_wants_more(stage: Stage) -> None:
    """Twenty boxes more, signed and in force; then more declarations, which wait for the signature."""
    days = stage.timeline

    def more_boxes(at: datetime) -> None:
        amendment = _amended(
            stage, days.day(-60), "O/F", D(80), "旺季加量：全年由 60 柜增至 80 柜", at
        )
        amended.approve(amendment, stage.people[MANAGER], at)
        contract, words = amendment.contract, Signing(business_day(at), "黄镕", OURS)
        paper = _scan(contract, amendment.number, words)
        amended.sign(amendment, words, stage.people[MANAGER], at, paper)

    def more_papers(at: datetime) -> None:
        amendment = _amended(
            stage, days.month(1), "C/D", D(15), "报关票数由每月 10 票增至 15 票", at
        )
        amended.approve(amendment, stage.people[MANAGER], at, printer=print_amendment)

    days.add(days.day(-62), "15:30", more_boxes)
    days.add(days.day(-4), "15:30", more_papers)


def _amended(
    stage: Stage, from_on: date, charge: str, quantity: Decimal, why: str, at: datetime
) -> Amendment:
    """An amendment of one quantity, sent for approval."""
    sales, contract = stage.people["wang.fang"], stage.contracts["group"]
    amendment = amending.draft(contract, from_on, why, sales, at)
    line = next(row for row in standing.tails(contract) if row.item.charge_code == charge)
    amending.change_line(amendment, line.id, {"quantity": quantity}, sales, at)
    amended.submit(amendment, sales, at)
    return amendment


def _the_shop_goes_on(stage: Stage) -> None:
    """The successor of a contract that has ended, for more orders."""
    days, sales = stage.timeline, stage.people["wang.fang"]
    day = days.month_end(-4) - timedelta(days=20)

    def renew(at: datetime) -> None:
        contract = renewing.renew(stage.contracts["shop_old"], sales, at)
        orders = next(row for row in contract.lines if row.item.charge_code == "PICK")
        lines.edit(contract, [LineEdit(orders.id, {"quantity": D(36000)})], sales, at)
        approving.submit(contract, "续约一年，订单量上调", sales, at)
        stage.contracts["shop"] = contract

    days.add(day, "10:00", renew)
    days.add(day + timedelta(days=1), "10:00", _approval(stage, "shop", printed=False))
    days.add(day + timedelta(days=6), "10:00", lambda at: _signed(stage, "shop", "方堃", at))


def _unpaid(stage: Stage) -> None:
    def suspend(at: datetime) -> None:
        why = "上月账单逾期 20 天未付，付清后恢复"
        ending.suspend(stage.contracts["road"], why, stage.people[MANAGER], at)

    stage.timeline.add(stage.timeline.day(-12), "17:00", suspend)


def _end_periods(at: datetime) -> None:
    """What the nightly job does: carry over or let lapse what ended periods have left."""
    for entitlement_id in closing.ended(at, 0, 200):
        closing.close(entitlement_id, SYSTEM, at)
