"""What stands beside an opportunity on its page, each a question to be asked with the others."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.catalogue.models import ServiceItem
from portal.customers.models import Customer
from portal.db.together import Question, records
from portal.opportunities.models import (
    Collaborator,
    Competitor,
    Opportunity,
    OpportunityCompetitor,
    OpportunityLine,
    OpportunityParty,
    WriteBack,
)

Records = Question[list[Any]]
BACKS_SHOWN = 50


def its_customer(row: Opportunity, viewer: Viewer) -> Records:
    """The customer, for who sees its own pages and people; nothing for who has a part in the opportunity alone."""
    wanted = visible(select(Customer.id), Customer, viewer)
    return records(wanted.where(Customer.id == row.customer_id))


def lines(row: Opportunity, viewer: Viewer) -> Records:
    """Its service items in order, each with the names and the code of its item."""
    line, item = OpportunityLine, ServiceItem
    columns = (
        line.name, item.name_zh, item.name_en, item.code, line.quantity, line.unit, line.rate, line.amount,
    )  # fmt: skip
    wanted = _of(line, row, viewer, *columns).outerjoin(item, item.id == line.item_id)
    return records(wanted.order_by(line.position))


def collaborators(row: Opportunity, viewer: Viewer) -> Records:
    """Who works on it beside its owner, by name."""
    part = Collaborator
    columns = (
        part.user_id, User.name.label("user_name"), part.part, part.note, part.amount, part.currency, part.likelihood,
    )  # fmt: skip
    wanted = _of(part, row, viewer, *columns).join(User, User.id == part.user_id)
    return records(wanted.order_by(User.name, User.id))


def parties(row: Opportunity, viewer: Viewer) -> Records:
    """The third parties, in the order in which they were named."""
    party = OpportunityParty
    columns = (
        party.id, party.name, party.role, party.contact_name, party.phone, party.email, party.share_percent, party.note,
    )  # fmt: skip
    return records(_of(party, row, viewer, *columns).order_by(party.id))


def competitors(row: Opportunity, viewer: Viewer) -> Records:
    """The competitors in it, in the order in which they were named."""
    rival = OpportunityCompetitor
    columns = (
        rival.competitor_id, Competitor.name_zh, Competitor.name_en, rival.price, rival.effect, rival.threat,
    )  # fmt: skip
    wanted = _of(rival, row, viewer, *columns)
    return records(wanted.join(Competitor, Competitor.id == rival.competitor_id).order_by(rival.id))


def write_backs(row: Opportunity, viewer: Viewer) -> Records:
    """What quotations and contracts wrote, newest first (O9)."""
    back = WriteBack
    columns = (
        back.at, back.by_name, back.source_type, back.source_label, back.step, back.before_amount, back.before_currency,
        back.after_amount, back.after_currency, back.lines, back.is_applied,
    )  # fmt: skip
    return records(_of(back, row, viewer, *columns).order_by(back.id.desc()).limit(BACKS_SHOWN))


def _of(model: Any, row: Opportunity, viewer: Viewer, *columns: Any) -> Any:
    return visible(select(*columns), model, viewer).where(model.opportunity_id == row.id)
