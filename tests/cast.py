"""The standing cast: Harbour Foods 海港食品 (customer), Nordwind Parts (the other customer), our own people."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from portal.access.models import Assignment
from portal.access.permissions import Power, Role
from portal.access.viewer import Viewer
from portal.accounts.models import StaffRole, User
from portal.accounts.sign_in import password_hash
from portal.customers.models import Customer, Membership
from portal.customers.queries import viewer_for
from portal.db.base import db

PASSWORD = "correct horse battery"
EVERY_POWER = frozenset(Power)


@cache
def hashed() -> str:
    """PASSWORD as the database keeps it: computed once, shared by everybody in the cast."""
    return password_hash(PASSWORD)


def staff(name: str, *roles: Role, email: str | None = None) -> User:
    """One of our people with these roles, flushed."""
    user = User(
        email=email or f"{name.lower().replace(' ', '.')}@farhaven.example",
        name=name,
        kind="staff",
        password=hashed(),
        fs_uniquifier=secrets.token_hex(16),
        roles=[StaffRole(role=role) for role in roles],
        locale="en",
    )
    db.session.add(user)
    db.session.flush()
    return user


def customer(code: str, name_zh: str, name_en: str, **more: object) -> Customer:
    """A customer organisation, flushed."""
    row = Customer(
        **{"code": code, "name_zh": name_zh, "name_en": name_en, "kind": "organisation", **more}
    )
    db.session.add(row)
    db.session.flush()
    return row


def member(
    name: str, of: Customer, powers: frozenset[Power], now: datetime, **more: object
) -> User:
    """A customer's user with these powers, flushed."""
    user = User(
        email=f"{name.lower().replace(' ', '.')}@{of.code.lower()}.example",
        name=name,
        kind="customer",
        password=hashed(),
        fs_uniquifier=secrets.token_hex(16),
        locale="en",
    )
    db.session.add(user)
    db.session.flush()
    db.session.add(
        Membership(
            user_id=user.id, customer_id=of.id, powers=sorted(powers), created_at=now, **more
        )
    )
    db.session.flush()
    return user


@dataclass
class Cast:
    """Everybody, committed."""

    sales: User
    sales_manager: User
    catalogue_manager: User
    customer_service: User
    keeper: User
    finance: User
    finance_manager: User
    administrator: User
    auditor: User
    harbour: Customer
    nordwind: Customer
    lin: User
    clerk: User
    erik: User

    @classmethod
    def assemble(cls, now: datetime) -> Cast:
        harbour = customer(
            "HARBOUR", "海港食品有限公司", "Harbour Foods Ltd.", short_name="海港食品"
        )
        nordwind = customer("NORDWIND", "北风零件有限公司", "Nordwind Parts GmbH")
        cast = cls(
            sales=staff("Chen Li", Role.SALES),
            sales_manager=staff("Wu Mei", Role.SALES_MANAGER),
            catalogue_manager=staff("Gu Xin", Role.CATALOGUE_MANAGER),
            customer_service=staff("Zhao Min", Role.CUSTOMER_SERVICE),
            keeper=staff("Ma Kun", Role.WAREHOUSE),
            finance=staff("Qian Wei", Role.FINANCE),
            finance_manager=staff("He Jing", Role.FINANCE_MANAGER),
            administrator=staff("Admin", Role.ADMINISTRATOR),
            auditor=staff("Sun Audit", Role.AUDITOR),
            harbour=harbour,
            nordwind=nordwind,
            lin=member("Lin Xiaowen", harbour, EVERY_POWER, now),
            clerk=member("Clerk Ho", harbour, frozenset({Power.SEE_QUOTATIONS}), now),
            erik=member("Erik Nord", nordwind, EVERY_POWER, now),
        )
        for each in (harbour, nordwind):
            db.session.add(Assignment(user_id=cast.sales.id, customer_id=each.id, part="owner"))
        db.session.commit()
        for row in vars(cast).values():  # still readable when a request has closed the session
            db.session.refresh(row)
        return cast

    def everybody(self) -> list[User]:
        """Every user of the cast."""
        return [value for value in vars(self).values() if isinstance(value, User)]


def viewer(user: User) -> Viewer:
    """`user` as the value that actions and queries take."""
    return viewer_for(user.id, None)
