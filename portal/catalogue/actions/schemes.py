"""Price schemes: whom they are for, who may quote from them, within which limits (DOMAIN S2, M3, M6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from portal.access.permissions import Role
from portal.access.viewer import Viewer
from portal.catalogue.actions.editing import change, create
from portal.catalogue.models import PriceScheme, SchemeGrant
from portal.catalogue.models.tariffs import SchemeKind
from portal.db.base import db
from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t


def create_scheme(
    values: Mapping[str, Any],
    roles: Iterable[str],
    people: Iterable[int],
    actor: Viewer,
    now: datetime,
) -> PriceScheme:
    """A scheme and its grants; `values` by column. InvalidMany by field."""
    tidy = _tidy(values)
    _check(tidy, None)
    row: PriceScheme = create(PriceScheme(), tidy, "scheme.created", actor, now)
    _grant(row, roles, people)
    return row


def change_scheme(
    row: PriceScheme,
    values: Mapping[str, Any],
    roles: Iterable[str],
    people: Iterable[int],
    seen: int,
    actor: Viewer,
    now: datetime,
) -> PriceScheme:
    """Change a scheme that was read at version `seen`. InvalidMany by field, EditClash for a stale edit."""
    tidy = _tidy(values)
    _check(tidy, row.id)
    change(row, tidy, seen, "scheme.changed", actor, now)
    _grant(row, roles, people)
    return row


def _tidy(values: Mapping[str, Any]) -> dict[str, Any]:
    """Only what the kind of scheme has: a customer for a customer's, tiers for a tier's or a promotion's."""
    tidy = dict(values)
    if tidy["kind"] != SchemeKind.CUSTOMER:
        tidy["customer_id"] = None
    if tidy["kind"] not in (SchemeKind.TIER, SchemeKind.PROMOTION):
        tidy["segments"] = []
    tidy["code"] = str(tidy["code"]).strip().upper()
    return tidy


def _check(values: Mapping[str, Any], own_id: int | None) -> None:
    errors: dict[str, Text] = {}
    taken = select(PriceScheme.id).where(
        PriceScheme.code == values["code"], PriceScheme.id != (own_id or 0)
    )
    if not values["code"]:
        errors["code"] = t("Give the scheme a code.")
    elif db.session.scalar(taken) is not None:
        errors["code"] = t("Another scheme has this code.")
    if values["kind"] == SchemeKind.CUSTOMER and not values.get("customer_id"):
        errors["customer_id"] = t("Choose the customer.")
    if values["kind"] == SchemeKind.TIER and not values.get("segments"):
        errors["segments"] = t("Choose at least one tier.")
    for name in ("floor_margin_percent", "discount_limit_percent"):
        share = values.get(name)
        if share is not None and not Decimal(0) <= share <= 100:
            errors[name] = t("From 0 to 100 percent.")
    if errors:
        raise InvalidMany(errors)


def _grant(row: PriceScheme, roles: Iterable[str], people: Iterable[int]) -> None:
    """Exactly these grants; none at all means everybody who writes quotations."""
    wanted_roles = {role for role in roles if role in set(Role)}
    wanted_people = set(people)
    for grant in list(row.grants):
        held = wanted_roles if grant.role is not None else wanted_people
        key: Any = grant.role if grant.role is not None else grant.user_id
        if key in held:
            held.discard(key)
        else:
            row.grants.remove(grant)
    row.grants += [SchemeGrant(role=role) for role in sorted(wanted_roles)]
    row.grants += [SchemeGrant(user_id=user_id) for user_id in sorted(wanted_people)]
    db.session.flush()
