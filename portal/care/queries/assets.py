"""Things of ours that are lent: the register for us, their own loans for customers."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.access.scope import past_the_walls, visible
from portal.access.viewer import Viewer
from portal.care.models import Asset, AssetLoan
from portal.customers.models import Contact, Customer, Site
from portal.db.base import db
from portal.kernel.errors import NotFound
from portal.kernel.pinyin import normalise

A, L = Asset, AssetLoan
NAMES = (Customer.code, Customer.name_zh, Customer.name_en, Customer.short_name)


def assets() -> Select[Any]:
    """The register: every thing."""
    return select(A)


def loans(viewer: Viewer) -> Select[Any]:
    """The loans that the viewer may see, with thing, customer, contact and site."""
    return visible(select(L), L, viewer).options(
        joinedload(L.asset),
        joinedload(L.customer).load_only(*NAMES),
        joinedload(L.contact).load_only(Contact.name),
        joinedload(L.site).load_only(Site.name),
    )


def having_words(statement: Select[Any], words: str) -> Select[Any]:
    """`statement` over things narrowed by every word: name, pinyin, number, serial."""
    found = normalise(words[:80]).lower().split()
    return statement.where(*(A.search_text.contains(word, autoescape=True) for word in found))


def having_loan_words(statement: Select[Any], words: str) -> Select[Any]:
    """`statement` over loans narrowed by the thing, or by the customer."""
    found = normalise(words[:80]).lower().split()
    things = (A.search_text.contains(word, autoescape=True) for word in found)
    firms = (Customer.search_text.contains(word, autoescape=True) for word in found)
    of_thing = L.asset_id.in_(select(A.id).where(*things))
    of_firm = L.customer_id.in_(select(Customer.id).where(*firms))
    return statement.where(of_thing | of_firm) if found else statement


def asset_of(asset_id: int) -> Asset:
    """One thing; NotFound for none."""
    row = db.session.get(Asset, asset_id)
    if row is None:
        raise NotFound()
    return row


def loan_of(loan_id: int, viewer: Viewer) -> AssetLoan:
    """One loan; NotFound when it is absent or not for this viewer."""
    row = db.session.scalar(loans(viewer).where(L.id == loan_id))
    if row is None:
        raise NotFound()
    return row


def loans_of(asset_id: int, viewer: Viewer) -> list[AssetLoan]:
    """Through whose hands a thing went, the last first."""
    wanted = loans(viewer).where(L.asset_id == asset_id)
    return list(db.session.scalars(wanted.order_by(L.lent_on.desc(), L.id.desc()).limit(100)))


def open_of(customer_id: int, viewer: Viewer, limit: int) -> list[AssetLoan]:
    """What a customer has of ours, the next due first."""
    wanted = loans(viewer).where(L.customer_id == customer_id, L.returned_on.is_(None))
    return list(db.session.scalars(wanted.order_by(L.due_on, L.id).limit(limit)))


def same_serial(kind: str, serial: str, own_id: int | None) -> str | None:
    """The number of another thing of this kind with this serial number."""
    if not serial:
        return None
    twins = select(A.number).where(A.kind == kind, func.lower(A.serial) == serial.lower())
    return db.session.scalar(twins.where(A.id != (own_id or 0)).order_by(A.id).limit(1))


def back_on(asset_id: int) -> date | None:
    """The day on which a thing came back last, from whomever."""
    with past_the_walls():
        return db.session.scalar(select(func.max(L.returned_on)).where(L.asset_id == asset_id))


def held_asset(asset: Asset) -> Asset:
    """The thing as it stands now, held until the transaction ends."""
    return _held(Asset, asset.id)


def held_loan(loan: AssetLoan) -> AssetLoan:
    """The loan as it stands now, held until the transaction ends."""
    return _held(AssetLoan, loan.id)


def _held(model: Any, row_id: int) -> Any:
    wanted = select(model).where(model.id == row_id).with_for_update(of=model)
    row = db.session.scalar(wanted.execution_options(populate_existing=True))
    if row is None:
        raise NotFound()
    return row
