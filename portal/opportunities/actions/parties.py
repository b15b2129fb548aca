"""Third parties of an opportunity: agents, carriers, the customer's customers (REQUIREMENTS O5)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.customers.rules.people import EMAIL
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import InvalidMany, NotFound
from portal.kernel.text import Text, t
from portal.opportunities.actions.holding import touch, unlocked
from portal.opportunities.actions.opening import found_by
from portal.opportunities.models import Opportunity, OpportunityParty
from portal.opportunities.rules import values, wording
from portal.opportunities.rules.kinds import PartyRole

MOST_PARTIES = 50
_SIX_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Party:
    """Who it is and what part they have; `share_percent`: of what we earn, where they get a share."""

    role: str
    name: str
    contact_name: str = ""
    phone: str = ""
    email: str = ""
    share_percent: Decimal | None = None
    note: str = ""


def add(opportunity: Opportunity, party: Party, actor: Viewer, now: datetime) -> OpportunityParty:
    """Name a third party. InvalidMany by the names of `Party`."""
    row = unlocked(opportunity, actor)
    clean = _checked(party)
    if len(parties_of(row)) >= MOST_PARTIES:
        raise InvalidMany({"name": t("At most %(most)s.", most=MOST_PARTIES)})
    made = OpportunityParty(customer_id=row.customer_id, opportunity_id=row.id, **asdict(clean))
    db.session.add(made)
    _done(row, None, clean, actor, now)
    return made


def change(found: OpportunityParty, party: Party, actor: Viewer, now: datetime) -> OpportunityParty:
    """Say it otherwise."""
    row = unlocked(found.opportunity_id, actor)
    clean, before = _checked(party), _said(found)
    if clean != before:
        for name, value in asdict(clean).items():
            setattr(found, name, value)
        _done(row, before, clean, actor, now)
    return found


def remove(found: OpportunityParty, actor: Viewer, now: datetime) -> None:
    """They have no part in it any more."""
    row = unlocked(found.opportunity_id, actor)
    if found not in db.session:
        raise NotFound()
    before = _said(found)
    db.session.delete(found)
    _done(row, before, None, actor, now)


def parties_of(row: Opportunity) -> list[OpportunityParty]:
    """The third parties, in the order in which they were named."""
    wanted = select(OpportunityParty).where(OpportunityParty.opportunity_id == row.id)
    return list(db.session.scalars(wanted.order_by(OpportunityParty.id)))


def index(row: Opportunity) -> None:
    """The words that lists find it by, the third parties' names among them."""
    row.search_text = found_by(row, *(each.name for each in parties_of(row)))


def _checked(party: Party) -> Party:
    share = party.share_percent
    lengths = {"contact_name": 80, "phone": 40, "email": 254, "note": 300}
    words = {name: wording.one_line(getattr(party, name)) for name in ("name", *lengths)}
    problems: dict[str, Text | None] = {
        "role": values.choice_problem(party.role, PartyRole),
        "name": wording.needed(words["name"], t("Write the name."), 120),
        **{name: wording.too_long(words[name], most) for name, most in lengths.items()},
    }
    if words["email"] and not EMAIL.fullmatch(words["email"]):
        problems["email"] = t("This is not a mail address.")
    if share is not None and not (0 <= share <= 100 and share == share.quantize(_SIX_PLACES)):
        problems["share_percent"] = t("From 0 to 100 percent.")
    wrong = {name: problem for name, problem in problems.items() if problem is not None}
    if wrong:
        raise InvalidMany(wrong)
    return Party(role=party.role, share_percent=share, **words)


def _said(row: OpportunityParty) -> Party:
    return Party(**{name: getattr(row, name) for name in Party.__dataclass_fields__})


def _done(
    row: Opportunity, before: Party | None, after: Party | None, actor: Viewer, now: datetime
) -> None:
    db.session.flush()
    index(row)
    touch(row, now)
    was = None if before is None else asdict(before)
    is_now = None if after is None else asdict(after)
    audit.record(actor, "opportunity.parties", row, now, before=was, after=is_now)
