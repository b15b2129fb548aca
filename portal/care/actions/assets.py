"""Things to lend: registered, lent to a customer, prolonged, given back or not (REQUIREMENTS K9)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from portal.access.gate import load
from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.care.models import Asset, AssetLoan
from portal.care.queries.assets import back_on, held_asset, held_loan, same_serial
from portal.care.rules.assets import (
    AssetFacts,
    LoanFacts,
    ReturnFacts,
    asset_words,
    cleaned_asset,
    cleaned_loan,
    cleaned_return,
)
from portal.care.rules.states import ASSET_STEPS, AssetState, AssetStep
from portal.customers.models import Contact, Customer, Site
from portal.db import audit, whole
from portal.db.base import db
from portal.db.stale import stale
from portal.kernel.clock import business_day
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow, NotFound
from portal.kernel.text import t


def register(facts: AssetFacts, actor: Viewer, now: datetime) -> Asset:
    """Put a thing into the register. Raises InvalidMany by field, Invalid for a number that is taken."""
    _check(actor)
    tidy = cleaned_asset(facts)
    _refuse_taken(tidy, None)
    asset = Asset(**asdict(tidy), search_text=asset_words(tidy))
    db.session.add(asset)
    audit.record(actor, "asset.registered", asset, now, after=_told(asdict(tidy)))
    return asset


def change(asset: Asset, facts: AssetFacts, version: int, actor: Viewer, now: datetime) -> Asset:
    """Put right what is known of a thing that was read at `version`. Raises InvalidMany, StaleEdit."""
    _check(actor)
    tidy = cleaned_asset(facts)
    row = held_asset(asset)
    if row.version != version:
        raise stale(row)
    _refuse_taken(tidy, row.id)
    values = {**asdict(tidy), "search_text": asset_words(tidy)}
    before = {name: getattr(row, name) for name in values}
    changed = [name for name, value in values.items() if before[name] != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        db.session.flush()
        was = _told({name: before[name] for name in changed})
        now_is = _told({name: values[name] for name in changed})
        audit.record(actor, "asset.changed", row, now, before=was, after=now_is)
    return row


def lend(asset: Asset, facts: LoanFacts, actor: Viewer, now: datetime) -> AssetLoan:
    """Lend a thing to a customer; of two who lend it at once the later is told.

    Raises NotAllowedNow for one that is not here, InvalidMany by field, NotFound for what is out of reach.
    """
    _check(actor)
    tidy = cleaned_loan(facts, business_day(now))
    load(Customer, tidy.customer_id, actor, P.ASSET_EDIT)
    for model, row_id in ((Contact, tidy.contact_id), (Site, tidy.site_id)):
        if row_id is not None:
            pointed: Any = load(model, row_id, actor, P.ASSET_EDIT)
            if pointed.customer_id != tidy.customer_id:
                raise NotFound()
    row = held_asset(asset)
    after, here_since = ASSET_STEPS.next(AssetState(row.state), AssetStep.LEND), back_on(row.id)
    if here_since is not None and tidy.lent_on < here_since:
        raise Invalid(t("It came back on %(day)s only.", day=f"{here_since}"), "lent_on")
    row.state = after.value
    row.condition = tidy.condition_out
    loan = AssetLoan(asset_id=row.id, lent_by=actor.user_id, **asdict(tidy))
    db.session.add(loan)
    audit.record(actor, "asset.lent", loan, now, after=_told({"asset": row.number, **asdict(tidy)}))
    return loan


def prolong(loan: AssetLoan, due_on: date, actor: Viewer, now: datetime) -> AssetLoan:
    """The customer keeps it longer."""
    _check(actor)
    row = _open(loan)
    if due_on < business_day(now):
        raise Invalid(t("This day is past."), "due_on")
    before, row.due_on = row.due_on, due_on
    was, now_is = {"due_on": f"{before}"}, {"due_on": f"{due_on}"}
    audit.record(actor, "asset.extended", row, now, before=was, after=now_is)
    return row


def take_back(loan: AssetLoan, facts: ReturnFacts, actor: Viewer, now: datetime) -> AssetLoan:
    """The thing is here again, in this condition. Raises InvalidMany by field, NotAllowedNow when it was before."""
    _check(actor)
    row = _open(loan)
    tidy = cleaned_return(facts, row.lent_on, business_day(now))
    asset = held_asset(row.asset)
    asset.state = ASSET_STEPS.next(AssetState(asset.state), AssetStep.TAKE_BACK).value
    asset.condition = tidy.condition_in
    row.returned_on, row.condition_in = tidy.returned_on, tidy.condition_in
    if tidy.is_deposit_back and row.deposit:
        row.deposit_back_on = tidy.returned_on
    audit.record(actor, "asset.returned", row, now, after=_told(asdict(tidy)))
    return row


def lose(loan: AssetLoan, reason: str, actor: Viewer, now: datetime) -> AssetLoan:
    """The customer cannot give it back; the deposit stays with us."""
    _check(actor)
    row = _open(loan)
    said = _reason(reason)
    asset = held_asset(row.asset)
    asset.state = ASSET_STEPS.next(AssetState(asset.state), AssetStep.LOSE).value
    row.returned_on, row.is_lost, row.condition_in = business_day(now), True, ""
    audit.record(actor, "asset.lost", row, now, reason=said)
    return row


def retire(asset: Asset, reason: str, actor: Viewer, now: datetime) -> Asset:
    """It is not lent any more."""
    return _turn(asset, AssetStep.RETIRE, "asset.retired", reason, actor, now)


def revive(asset: Asset, reason: str, actor: Viewer, now: datetime) -> Asset:
    """It was found or mended: it is here again."""
    return _turn(asset, AssetStep.REVIVE, "asset.revived", reason, actor, now)


def _turn(
    asset: Asset, step: AssetStep, event: str, reason: str, actor: Viewer, now: datetime
) -> Asset:
    _check(actor)
    row = held_asset(asset)
    said = _reason(reason)
    row.state = ASSET_STEPS.next(AssetState(row.state), step).value
    audit.record(actor, event, row, now, reason=said)
    return row


def _open(loan: AssetLoan) -> AssetLoan:
    row = held_loan(loan)
    if row.returned_on is not None:
        raise NotAllowedNow(t("It was given back already."))
    return row


def _check(actor: Viewer) -> None:
    if not actor.may(P.ASSET_EDIT):
        raise Forbidden()


def _reason(reason: str) -> str:
    said = reason.strip()
    if len(said) < 2:
        raise Invalid(t("Say why."), "reason")
    return said[:500]


def _refuse_taken(facts: AssetFacts, own_id: int | None) -> None:
    """A number stands on one thing; of one kind a serial number too, or the same thing is registered twice."""
    if [row_id for row_id in whole.holders(Asset, "number", facts.number) if row_id != own_id]:
        raise Invalid(t("Another thing has this number already."), "number")
    twin = same_serial(facts.kind, facts.serial, own_id)
    if twin is not None:
        raise Invalid(t("%(number)s has this serial number already.", number=twin), "serial")


def _told(values: dict[str, Any]) -> dict[str, str]:
    return {name: str(value)[:300] for name, value in values.items() if name != "search_text"}
