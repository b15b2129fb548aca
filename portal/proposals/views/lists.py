"""The lists of proposals: the desk's and the customer's."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from sqlalchemy import Select

from portal.access.permissions import Permission as P
from portal.kernel.clock import business_day
from portal.kernel.text import t
from portal.proposals.labels import PROPOSALS
from portal.proposals.models import Proposal, ProposalVersion
from portal.proposals.queries import found
from portal.web.chips import chip
from portal.web.filters import day
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import say

ANY = ("", t("Any"))


def _number(row: Proposal) -> str:
    return row.number if row.latest_no == 1 else f"{row.number} v{row.latest_no}"


def _whose(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(Proposal.owner_id == g.viewer.user_id) if value == "mine" else statement


def _by_state(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(Proposal.state == value) if value in PROPOSALS else statement


def _by_words(statement: Select[Any], words: str) -> Select[Any]:
    return statement.where(ProposalVersion.title.icontains(words, autoescape=True))


def _issued_on(row: Any) -> Any:
    return business_day(row.issued_at) if row.issued_at else None


PROPOSAL_LIST = ListSpec(
    key="proposals",
    columns=(
        Column("number", t("Number"), _number, sort=Proposal.number, value=lambda p: p.number),
        Column("title", t("What is proposed"), lambda p: p.title),
        Column("customer", t("Customer"), lambda p: p.customer.label, value=lambda p: p.customer.name_zh),
        Column("opportunity", t("Opportunity"), lambda p: p.opportunity.number),
        Column("owner", t("Owner"), lambda p: p.owner.name),
        Column("issued", t("Issued"), lambda p: day(_issued_on(p)) if p.issued_at else "", sort=Proposal.issued_at,
               value=_issued_on),
        Column("changed", t("Changed"), lambda p: day(business_day(p.updated_at)), sort=Proposal.updated_at,
               value=lambda p: business_day(p.updated_at)),
        Column("state", t("State"), lambda p: chip(PROPOSALS[p.state]), value=lambda p: say(PROPOSALS[p.state].text)),
    ),
    row_id=Proposal.id,
    sort="-changed",
    url=lambda p: url_for("desk_proposals.show", proposal_id=p.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, *((s, w.text) for s, w in PROPOSALS.items())], _by_state),
        Filter("whose", t("Whose"), lambda: [("", t("Everybody's")), ("mine", t("Mine"))], _whose),
    ),
    search=found,
    search_hint=t("Number, title, customer, pinyin …"),
    row_classes=lambda p: "row-muted" if p.state == "withdrawn" else "",
    empty=Empty(
        t("No proposals yet"),
        t("A proposal begins on the page of an opportunity."),
        t("To the opportunities"),
        "desk_opportunities.index",
        P.OPPORTUNITY_SEE,
    ),
)  # fmt: skip

MY_PROPOSALS = ListSpec(
    key="proposals",
    columns=(
        Column("number", t("Number"), lambda v: v.proposal.number, sort=Proposal.number),
        Column("title", t("What is proposed"), lambda v: v.title),
        Column("version", t("Version"), lambda v: str(v.version_no)),
        Column("issued", t("Issued"), lambda v: day(_issued_on(v)), sort=ProposalVersion.issued_at, value=_issued_on),
    ),
    row_id=ProposalVersion.id,
    sort="-issued",
    url=lambda v: url_for("my_proposals.show", proposal_id=v.proposal_id),
    search=_by_words,
    search_hint=t("Title …"),
    empty=Empty(t("No proposals yet"), t("What we write down for you stands here once it was sent to you.")),
)  # fmt: skip
