"""Proposals for tests, written by the same actions as everybody's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from portal.db.base import db
from portal.opportunities.actions import parties, tasks, words
from portal.opportunities.models import Opportunity
from portal.proposals.actions import drafting, issuing, papers
from portal.proposals.actions.drafting import Written
from portal.proposals.models import Proposal, ProposalVersion
from portal.proposals.rules.sections import Part
from tests.cast import Cast, viewer
from tests.opportunities import an_opportunity

PARTS = (
    Part("客户需求", "What you need", "每月**两个** 40HQ 从上海到纽约。", "Two 40HQ a month from Shanghai."),
    Part("方案概述", "Our solution", "1. 提前七天订舱\n2. 每周五截港", "1. Booked seven days ahead"),
    Part("服务承诺", "What we promise"),
)  # fmt: skip
WRITTEN = Written("上海至纽约整箱方案", "zh_en", PARTS)


def a_proposal(
    cast: Cast, now: datetime, opportunity: Opportunity | None = None, **changes: Any
) -> Proposal:
    """A written draft for Harbour Foods by Chen Li; `changes` replace what it says."""
    row = opportunity or an_opportunity(cast, now)
    proposal = drafting.create(row, WRITTEN.title, viewer(cast.sales), now)
    write(proposal, cast, now, **changes)
    return proposal


def write(proposal: Proposal, cast: Cast, now: datetime, **changes: Any) -> ProposalVersion:
    """Write the latest version, as WRITTEN says but for `changes`."""
    version = drafting.latest_version(proposal)
    drafting.change(version, replace(WRITTEN, **changes), viewer(cast.sales), now)
    return version


def issued_proposal(
    cast: Cast, now: datetime, opportunity: Opportunity | None = None, **changes: Any
) -> Proposal:
    """The same, issued."""
    proposal = a_proposal(cast, now, opportunity, **changes)
    version = drafting.latest_version(proposal)
    issuing.issue(version, papers.print_version, viewer(cast.sales), now)
    db.session.flush()
    return proposal


def sales_ids(cast: Cast, now: datetime) -> dict[str, int]:
    """Argument of an address → the id of a row of Harbour's opportunities and proposals."""
    row = an_opportunity(cast, now)
    desk = viewer(cast.sales)
    plan = tasks.Plan("回访", date(2026, 3, 9))
    facts = words.CompetitorFacts("蓝海货运")
    return {
        "opportunity_id": row.id,
        "opportunity_task_id": tasks.make(row, plan, desk, now).id,
        "opportunity_party_id": parties.add(row, parties.Party("agent", "代理"), desk, now).id,
        "competitor_id": words.save_competitor(None, facts, None, desk, now).id,
        "proposal_id": issued_proposal(cast, now, row).id,
    }
