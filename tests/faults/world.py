"""A small world that is whole: customers with something to book, to answer and to accept; staff with something to do.

Made by the same actions as everybody's, on 2 March 2026, 10:00 in Shanghai: the clock is moved there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from portal import create_app
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.billing.actions import publishing, reviewing
from portal.billing.models import Statement, StatementLine
from portal.contracts.models import Entitlement
from portal.contracts.rules.kinds import Overage
from portal.customers.models import Customer
from portal.db.base import db
from portal.jobs import first_rows
from portal.kernel import clock
from portal.web.flask_app import PortalApp
from tests import billing_worlds, factories, offers
from tests.bench.begun import signed_in
from tests.cast import EVERY_POWER, Cast, member, viewer
from tests.chain import entitled, handling
from tests.conftest import NOW
from tests.faults import moving
from tests.faults.people import Person

D = Decimal
PLENTY = D(1_000_000)


@dataclass
class World:
    """What the people of a storm work with; ids only, so that no session stays open."""

    app: PortalApp
    instance: Path
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    entitlements: dict[str, int] = field(default_factory=dict)
    statements: dict[str, int] = field(default_factory=dict)
    lines: dict[str, list[int]] = field(default_factory=dict)
    drafts: list[tuple[str, int]] = field(default_factory=list)
    item_id: int = 0
    item_code: str = ""

    def person(self, name: str, port: int) -> Person:
        """The browser of somebody who is signed in."""
        return Person(port, name, dict(self.cookies[name]))


def opened(instance: Path, url: str, more: Mapping[str, str] | None = None) -> PortalApp:
    """The application over an instance folder whose clock can be moved; its tables are made."""
    os.environ |= {"PORTAL_INSTANCE": str(instance), "DATABASE_URL": url, **(more or {})}
    os.environ |= moving.environment(instance)
    moving.move(NOW - moving.datetime.now(NOW.tzinfo))
    setattr(clock, "datetime", moving.Moved)  # noqa: B010 - as its processes do
    app = create_app({"PASSWORD_COST": {"time_cost": 1, "memory_cost": 8, "parallelism": 1}})
    with app.app_context():
        db.create_all()
        db.session.remove()
    return app


def build(app: PortalApp, instance: Path, usage: int, drafts: int) -> World:
    """`usage` records billed and `drafts` quotations for each of two customers."""
    world = World(app, instance)
    with app.app_context():
        set_viewer(SYSTEM)
        factories.tax_rates()
        first_rows.seed(SYSTEM, clock.now())
        cast = Cast.assemble(clock.now())
        offers.firm()
        people = _people(cast)
        for of in (cast.harbour, cast.nordwind):
            _bought(world, cast, of, usage)
        _billed(world, cast)
        for number in range(drafts * 2):
            of = (cast.harbour, cast.nordwind)[number % 2]
            world.drafts.append((of.code, offers.draft(cast, clock.now(), of).id))
        world.cookies = {name: signed_in(app, user) for name, user in people.items()}
        world.item_id, world.item_code = handling().id, handling().code
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return world


def _people(cast: Cast) -> dict[str, User]:
    now = clock.now()
    return {
        "lin": cast.lin, "erik": cast.erik, "sales": cast.sales, "desk": cast.customer_service,
        "hu": member("Hu Yan", cast.harbour, EVERY_POWER, now),
        "astrid": member("Astrid Nord", cast.nordwind, EVERY_POWER, now),
    }  # fmt: skip


def _bought(world: World, cast: Cast, of: Customer, usage: int) -> None:
    now = clock.now()
    row: Entitlement = entitled(cast, now, quantity=PLENTY, overage=Overage.STOP, customer=of)
    for _ in range(usage):
        billing_worlds.used(row, "1", now)
    world.customers[of.code], world.entitlements[of.code] = of.id, row.id


def _billed(world: World, cast: Cast) -> None:
    """February of both, published: what was used is there to be confirmed or disputed."""
    now = clock.now()
    billing_worlds.run(now=now)
    for row in db.session.scalars(select(Statement)).all():
        reviewing.review(row, viewer(cast.finance), now)
        publishing.publish(row, viewer(cast.finance_manager), now)
        code = row.customer.code
        lines = select(StatementLine.id).where(StatementLine.statement_id == row.id)
        world.statements[code] = row.id
        world.lines[code] = list(db.session.scalars(lines.order_by(StatementLine.id)))
    db.session.commit()
