"""Surcharge rules: the list, and those that attach themselves to a shipment (DOMAIN section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.catalogue.models import PriceScheme, ServiceItem, SurchargeRule
from portal.catalogue.models.items import ANY
from portal.catalogue.queries.places import all_places, chain
from portal.catalogue.queries.schemes import seen_by
from portal.catalogue.rules.terms import PriceTerms
from portal.db.base import db
from portal.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class AttachedSurcharge:
    """A surcharge that applies here: what the desk copies into a line.

    `is_optional`: only if asked for; `is_collect`: paid at the destination, listed for information (U5);
    `cost_terms` is None for a viewer who may not see costs, or when there are none.
    """

    rule_id: int
    item_id: int
    charge_code: str
    name_zh: str
    name_en: str
    section: str
    main_unit: str
    tax_class: str
    tax_inclusive: bool
    terms: PriceTerms
    cost_terms: PriceTerms | None
    scheme_id: int | None
    packaging: str
    is_optional: bool
    is_collect: bool
    is_pass_through: bool
    valid_from: date
    valid_to: date | None
    position: int
    note: str


def surcharge_list(viewer: Viewer) -> Select[SurchargeRule]:
    """The rules that `viewer` may look at: those of a scheme need the right to see the scheme."""
    return (
        select(SurchargeRule)
        .join(SurchargeRule.item)
        .outerjoin(SurchargeRule.scheme)
        .where(or_(SurchargeRule.scheme_id.is_(None), seen_by(viewer)))
        .options(joinedload(SurchargeRule.item), joinedload(SurchargeRule.scheme))
    )


def surcharge(rule_id: int, viewer: Viewer) -> SurchargeRule:
    """One rule that `viewer` may look at; NotFound otherwise."""
    row = db.session.scalar(surcharge_list(viewer).where(SurchargeRule.id == rule_id))
    if row is None:
        raise NotFound()
    return row


def surcharges_for(
    viewer: Viewer,
    *,
    category: str,
    on: date,
    origin: str = "",
    destination: str = "",
    packagings: Iterable[str] = (),
    load: str = "",
    carrier: str = "",
    scheme_ids: Sequence[int] = (),
) -> list[AttachedSurcharge]:
    """The active rules that match a shipment, in their order; the optional ones among them are only offers.

    A rule's place matches when it is the place asked for or contains it; its box when one of `packagings` is shipped;
    its scheme when it is one of `scheme_ids`. Of several rules for one charge and box the narrowest wins: a scheme's
    before everybody's, a carrier's before any, then the narrower places.
    """
    known = all_places()
    origins, destinations = chain(origin, known), chain(destination, known)
    matching = (
        SurchargeRule.category.in_({category, ANY}),
        SurchargeRule.load.in_({load, ANY}) if load else SurchargeRule.load == ANY,
        SurchargeRule.origin.in_(origins),
        SurchargeRule.destination.in_(destinations),
        SurchargeRule.packaging.in_({*packagings, ANY}),
        SurchargeRule.carrier.in_({carrier, ANY}),
        _of_scheme(scheme_ids),
    )
    rows = list(db.session.execute(_in_season(on).where(*matching)))
    far = (
        {code: at for at, code in enumerate(origins)},
        {c: at for at, c in enumerate(destinations)},
    )
    narrow = _narrowest(rows, *far)
    sees_costs = viewer.may(Permission.COST_SEE)
    return [_attached(*row, sees_costs) for row in rows if row[0].id in narrow]


def _in_season(on: date) -> Select[SurchargeRule, ServiceItem]:
    """The active rules of a day with their items, in their order."""
    return (
        select(SurchargeRule, ServiceItem)
        .join(ServiceItem, ServiceItem.id == SurchargeRule.item_id)
        .where(
            SurchargeRule.active.is_(True),
            SurchargeRule.valid_from <= on,
            or_(SurchargeRule.valid_to.is_(None), SurchargeRule.valid_to >= on),
        )
        .order_by(SurchargeRule.position, SurchargeRule.id)
    )


def _of_scheme(scheme_ids: Sequence[int]) -> ColumnElement[bool]:
    return or_(SurchargeRule.scheme_id.is_(None), SurchargeRule.scheme_id.in_(sorted(scheme_ids)))


def _narrowest(rows: list[Any], origins: dict[str, int], destinations: dict[str, int]) -> set[int]:
    """Ids of the rules that win among those for the same charge, box and way of being counted."""
    best: dict[tuple[str, str, str], tuple[tuple[Any, ...], int]] = {}
    for rule, item in rows:
        same = (item.charge_code, rule.packaging, str(rule.terms.get("unit", "")))
        score = (
            rule.scheme_id is None,
            rule.carrier == ANY,
            origins[rule.origin] + destinations[rule.destination],
            rule.category == ANY,
            -rule.valid_from.toordinal(),
            rule.id,
        )
        if same not in best or score < best[same][0]:
            best[same] = (score, rule.id)
    return {rule_id for _, rule_id in best.values()}


def _attached(rule: SurchargeRule, item: ServiceItem, sees_costs: bool) -> AttachedSurcharge:
    cost = rule.cost_terms if sees_costs else None
    return AttachedSurcharge(
        rule_id=rule.id,
        item_id=item.id,
        charge_code=item.charge_code,
        name_zh=item.name_zh,
        name_en=item.name_en,
        section=item.section,
        main_unit=item.main_unit,
        tax_class=item.tax_class,
        tax_inclusive=item.tax_inclusive,
        terms=rule.price_terms,
        cost_terms=None if cost is None else PriceTerms.from_json(cost),
        scheme_id=rule.scheme_id,
        packaging=rule.packaging,
        is_optional=rule.is_optional,
        is_collect=rule.is_collect,
        is_pass_through=rule.is_pass_through,
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
        position=rule.position,
        note=rule.note,
    )


def rules_with_costs(rule_ids: Iterable[int]) -> dict[int, PriceTerms]:
    """Rule id → its cost as price terms. For margins inside actions: who shows them checks the right."""
    ids = sorted(set(rule_ids))
    rows = db.session.scalars(select(SurchargeRule).where(SurchargeRule.id.in_(ids)))
    return {row.id: PriceTerms.from_json(row.cost_terms) for row in rows if row.cost_terms}


def schemes_for_choice(viewer: Viewer) -> list[PriceScheme]:
    """The schemes that a rule may be limited to, by code."""
    return list(
        db.session.scalars(select(PriceScheme).where(seen_by(viewer)).order_by(PriceScheme.code))
    )
