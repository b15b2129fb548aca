"""Leads as the viewer may see them: sales the pool and their own, who assigns leads (or sees everything) all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.customers.models import Customer
from portal.db.base import db
from portal.db.kept import Kept
from portal.db.phones import PhoneKey
from portal.documents.models import FirmProfile
from portal.documents.queries import firm_profile
from portal.kernel.errors import NotFound
from portal.kernel.pinyin import normalise
from portal.leads.models import Lead, LeadPick, LeadTouch
from portal.leads.rules.kinds import PickKind
from portal.leads.rules.settings import LeadSettings
from portal.leads.rules.states import LeadState

LEFT = (PickKind.GIVEN_BACK.value, PickKind.RECYCLED.value)
"""How a lead leaves somebody's hands who then leaves it to others for a while."""
MOST_SHOWN = 200
NUMBER_SHOWN = 8


def lead_settings() -> LeadSettings:
    """The rules of the pool, seldom by a query."""
    return _SETTINGS.get()


def sees_all(viewer: Viewer) -> bool:
    """Whether the viewer sees leads in others' hands."""
    return viewer.may(P.LEAD_ASSIGN) or viewer.sees_all


def leads(viewer: Viewer) -> Select[Any]:
    """Every lead that the viewer may see, with who holds it."""
    statement = select(Lead).options(_named(Lead.owner))
    if sees_all(viewer):
        return statement
    mine = Lead.owner_id == viewer.user_id
    return statement.where(or_(Lead.state == LeadState.POOL.value, mine))


def in_pool(viewer: Viewer) -> Select[Any]:
    """The leads that anybody may pick."""
    return leads(viewer).where(Lead.state == LeadState.POOL.value)


def held_by(viewer: Viewer, user_id: int | None) -> Select[Any]:
    """The leads in somebody's hands."""
    return leads(viewer).where(Lead.owner_id == user_id, Lead.state == LeadState.HELD.value)


def due(viewer: Viewer, user_id: int | None, today: date, now: datetime) -> Select[Any]:
    """Those of them to be reached by today, and those that fall back soon."""
    soon = near_the_end(now, lead_settings())
    return held_by(viewer, user_id).where(or_(Lead.next_touch_on <= today, soon))


def near_the_end(now: datetime, settings: LeadSettings) -> Any:
    """The criterion that a held lead may be near the day on which it falls back; the rule decides to the day."""
    quiet = now - timedelta(days=settings.untouched_days - settings.warn_days - 1)
    late = now - timedelta(days=settings.convert_days - settings.warn_days - 1)
    return or_(Lead.quiet_since <= quiet, Lead.held_at <= late)


def having_words(statement: Select[Any], words: str) -> Select[Any]:
    """`statement` narrowed to the leads found by every word: Chinese, pinyin, initials, number."""
    found = normalise(words[:80]).lower().split()
    return statement.where(*(Lead.search_text.contains(word, autoescape=True) for word in found))


def having_number(keys: Sequence[str]) -> list[Lead]:
    """The open leads with a telephone number (`kernel.phones.sought_keys`), whoever holds them, the latest first."""
    held = select(PhoneKey.holder_id).where(
        PhoneKey.holder == Lead.__tablename__, PhoneKey.key.in_(keys)
    )
    is_open = Lead.state.in_((LeadState.POOL.value, LeadState.HELD.value))
    wanted = select(Lead).options(_named(Lead.owner)).where(Lead.id.in_(held), is_open)
    return list(db.session.scalars(wanted.order_by(Lead.id.desc()).limit(NUMBER_SHOWN)))


def lead_of(lead_id: int, viewer: Viewer) -> Lead:
    """One lead; NotFound when it is absent or not for this viewer."""
    wanted = leads(viewer).where(Lead.id == lead_id)
    names = (Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name)
    row = db.session.scalar(
        wanted.options(joinedload(Lead.customer).load_only(*names), joinedload(Lead.opportunity))
    )
    if row is None:
        raise NotFound()
    return row


def held(lead: Lead) -> Lead:
    """The lead as it stands now, held until the transaction ends."""
    wanted = select(Lead).where(Lead.id == lead.id).with_for_update(of=Lead)
    row = db.session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    return row


def touches_of(lead_id: int) -> list[LeadTouch]:
    """What was done for a lead, the last first."""
    statement = select(LeadTouch).where(LeadTouch.lead_id == lead_id)
    return _last(statement.options(_named(LeadTouch.by)), LeadTouch.at, LeadTouch.id)


def picks_of(lead_id: int) -> list[LeadPick]:
    """Through whose hands a lead went, the last first."""
    statement = select(LeadPick).where(LeadPick.lead_id == lead_id)
    people = _named(LeadPick.person), _named(LeadPick.by)
    return _last(statement.options(*people), LeadPick.at, LeadPick.id)


def count_held(user_id: int) -> int:
    """How many leads somebody holds."""
    mine = Lead.owner_id == user_id, Lead.state == LeadState.HELD.value
    return db.session.scalar(select(func.count()).select_from(Lead).where(*mine)) or 0


def left_at(lead_id: int, user_id: int | None) -> datetime | None:
    """When a lead last left somebody's hands for the pool; None: it never did."""
    statement = select(func.max(LeadPick.at)).where(
        LeadPick.lead_id == lead_id, LeadPick.user_id == user_id, LeadPick.kind.in_(LEFT)
    )
    return db.session.scalar(statement)


def of_customer(customer_id: int) -> list[Lead]:
    """The leads that became this customer, or business of it, the last first."""
    statement = select(Lead).where(Lead.customer_id == customer_id)
    wanted = statement.options(_named(Lead.owner)).order_by(Lead.id.desc())
    return list(db.session.scalars(wanted.limit(3)))


def falling_back(now: datetime, settings: LeadSettings, limit: int) -> list[int]:
    """The ids of held leads that may be near their end, the quietest first."""
    wanted = select(Lead.id).where(Lead.state == LeadState.HELD.value, near_the_end(now, settings))
    return list(db.session.scalars(wanted.order_by(Lead.quiet_since, Lead.id).limit(limit)))


def _named(person: Any) -> Any:
    return joinedload(person).load_only(User.name).lazyload(User.roles)


def _last(statement: Select[Any], *columns: Any) -> list[Any]:
    ordered = statement.order_by(*(column.desc() for column in columns))
    return list(db.session.scalars(ordered.limit(MOST_SHOWN)))


_SETTINGS = Kept(lambda: LeadSettings.from_json(firm_profile().sales), FirmProfile)
