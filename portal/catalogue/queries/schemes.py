"""Price schemes: which ones a viewer sees, and which ones may be quoted to a customer (DOMAIN S2, M6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true

from portal.access.permissions import Permission
from portal.access.scope import owned
from portal.access.viewer import Viewer
from portal.catalogue.models import PriceScheme, SchemeGrant, Tariff
from portal.catalogue.models.tariffs import SchemeKind, TariffState
from portal.catalogue.rules.picking import rank
from portal.customers.models import Customer
from portal.db.base import db
from portal.kernel.errors import NotFound

IN_FORCE = (TariffState.ACTIVE.value, TariffState.SUPERSEDED.value)
"""States whose prices count on the days of their validity: a superseded tariff still prices its own days (S3)."""


def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The criterion for schemes whose prices `viewer` may look at.

    A cost scheme is a cost and needs the right to see costs; a customer's scheme needs the right to see that customer;
    who sees neither costs nor edits the catalogue sees what was granted to one of the own roles, or to everybody.
    """
    wanted: list[ColumnElement[bool]] = []
    if not viewer.may(Permission.COST_SEE):
        wanted.append(PriceScheme.kind != SchemeKind.COST.value)
        wanted.append(granted_to(viewer))
    wanted.append(or_(PriceScheme.customer_id.is_(None), owned(PriceScheme.customer_id, viewer)))
    return and_(true(), *wanted)


def granted_to(viewer: Viewer) -> ColumnElement[bool]:
    """The criterion that a scheme is granted to `viewer` or to one of the roles; one without grants is everybody's."""
    if viewer.kind == "system":
        return true()
    mine = or_(
        SchemeGrant.role.in_(sorted(role.value for role in viewer.roles)),
        SchemeGrant.user_id == viewer.user_id,
    )
    of_scheme = SchemeGrant.scheme_id == PriceScheme.id
    anyone = ~exists().where(of_scheme)
    return or_(anyone, exists().where(of_scheme, mine))


def scheme_list(viewer: Viewer) -> Select[PriceScheme]:
    """The schemes that `viewer` may look at."""
    return select(PriceScheme).where(seen_by(viewer))


def scheme(scheme_id: int, viewer: Viewer) -> PriceScheme:
    """One scheme that `viewer` may look at; NotFound otherwise."""
    row = db.session.scalar(scheme_list(viewer).where(PriceScheme.id == scheme_id))
    if row is None:
        raise NotFound()
    return row


def scheme_by_code(code: str, viewer: Viewer) -> PriceScheme | None:
    """The scheme with this code, if `viewer` may look at it."""
    return db.session.scalar(scheme_list(viewer).where(PriceScheme.code == code))


def usable_schemes(viewer: Viewer, customer: Customer | None, on: date) -> list[PriceScheme]:
    """The schemes that `viewer` may quote from to `customer` on a day, in the order of picking (DOMAIN S2, M6).

    Only active schemes with a tariff in force on `on`; never a cost scheme. Without a customer only schemes for
    everybody. A branch may be quoted by its group's schemes. A customer's own users quote nothing: [].
    """
    if viewer.kind not in ("staff", "system"):
        return []
    in_force = exists().where(Tariff.scheme_id == PriceScheme.id, *covering(on))
    statement = select(PriceScheme).where(
        PriceScheme.active.is_(True),
        PriceScheme.kind != SchemeKind.COST.value,
        granted_to(viewer),
        in_force,
    )
    rows = [row for row in db.session.scalars(statement) if _is_for(row, customer)]
    return sorted(rows, key=lambda row: (rank(row.kind), row.code))


def covering(on: date) -> tuple[ColumnElement[bool], ...]:
    """The criteria that a tariff prices the day `on`."""
    return (
        Tariff.state.in_(IN_FORCE),
        Tariff.valid_from <= on,
        or_(Tariff.valid_to.is_(None), Tariff.valid_to >= on),
    )


def _is_for(row: PriceScheme, customer: Customer | None) -> bool:
    """Whether a scheme's audience contains the customer (DESIGN section 4: published, segment, one customer)."""
    segments: Sequence[Any] = row.segments or ()
    if row.kind == SchemeKind.CUSTOMER:
        return customer is not None and row.customer_id in (customer.id, customer.parent_id)
    if row.kind == SchemeKind.TIER:
        return customer is not None and customer.segment in segments
    if row.kind == SchemeKind.PROMOTION and segments:
        return customer is not None and customer.segment in segments
    return True
