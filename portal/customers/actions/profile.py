"""Taking in a customer, changing what is known of it, setting it inactive."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from portal.access.gate import load
from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.customers import queries
from portal.customers.actions.edits import refuse_clash, save
from portal.customers.actions.team import hand_over
from portal.customers.models import Customer
from portal.customers.rules import naming, profile
from portal.customers.rules.kinds import CustomerKind
from portal.customers.rules.profile import CustomerFacts
from portal.db import audit, whole
from portal.db.base import db
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, NotFound
from portal.kernel.text import Text, t


def create(
    facts: CustomerFacts, actor: Viewer, now: datetime, *, owner_id: int | None = None
) -> Customer:
    """Take in a customer; without a code one is proposed from its name. The owner is `owner_id` or the actor.

    A branch also inherits its group's team. Raises `InvalidMany` or `Invalid` with the fields.
    """
    tidy = profile.cleaned(facts)
    group = _group(tidy, actor)
    _refuse_taken(tidy, actor)
    values = asdict(tidy)
    values["code"] = tidy.code or proposed_code(tidy.short_name or tidy.name_zh)
    values["credit_code"] = tidy.credit_code or None
    customer = Customer(**values, search_text=profile.search_text(_with_code(tidy, values["code"])))
    db.session.add(customer)
    audit.record(actor, "customer.created", customer, now, after=values)
    hand_over(customer, owner_id or actor.user_id, group)
    return customer


def proposed_code(name: str) -> str:
    """A free code made from the initials of `name` and a serial: HGSP001."""
    prefix = naming.code_prefix(name)
    return naming.next_code(prefix, whole.starting_with(Customer, "code", prefix))


def change(
    customer: Customer, facts: CustomerFacts, version: int, actor: Viewer, now: datetime
) -> Customer:
    """Save the form of a customer that was read at `version`.

    Raises `InvalidMany` or `Invalid` with the fields, `EditClash` when somebody else changed it in between.
    """
    tidy = profile.cleaned(_with_code(facts, facts.code or customer.code))
    refuse_clash(customer, version, asdict(tidy))
    _check_kind(customer, tidy)
    if tidy.parent_id != customer.parent_id:
        _group(tidy, actor)
    _refuse_taken(tidy, actor, customer.id)
    before = queries.facts_of(customer)
    for name, value in asdict(tidy).items():
        setattr(customer, name, value)
    customer.credit_code = tidy.credit_code or None
    refresh_search(customer, tidy, actor)
    save(customer, before, asdict(tidy), "customer.changed", actor, now)
    return customer


def deactivate(customer: Customer, reason: str, actor: Viewer, now: datetime) -> None:
    """Set a customer inactive: it is offered nowhere and its users cannot sign in for it. Needs a reason."""
    if not customer.active:
        raise NotAllowedNow(t("This customer is inactive already."))
    if not reason.strip():
        raise Invalid(t("Say why."), "reason")
    customer.active = False
    audit.record(actor, "customer.deactivated", customer, now, reason=reason.strip())


def reactivate(customer: Customer, actor: Viewer, now: datetime) -> None:
    """Take an inactive customer up again."""
    if customer.active:
        raise NotAllowedNow(t("This customer is active already."))
    customer.active = True
    audit.record(actor, "customer.reactivated", customer, now)


def refresh_search(customer: Customer, facts: CustomerFacts, actor: Viewer) -> None:
    """Bring what a search looks in up to date with the facts, the contacts and the duplicates merged into it."""
    people = [part for c in queries.contacts(customer.id, actor) for part in (c.name, c.phone)]
    aliases = queries.aliases([customer.id]).get(customer.id, ())
    customer.search_text = profile.search_text(facts, (*aliases, *people))


def _with_code(facts: CustomerFacts, code: str) -> CustomerFacts:
    return CustomerFacts(**{**asdict(facts), "code": code})


def _group(facts: CustomerFacts, actor: Viewer) -> Customer | None:
    """The group of a branch; one that the actor may not see does not exist."""
    if facts.parent_id is None:
        return None
    wrong = Invalid(t("Choose one of the groups."), "parent_id")
    try:
        group = load(Customer, facts.parent_id, actor, Permission.CUSTOMER_EDIT)
    except NotFound:
        raise wrong from None
    if group.kind != CustomerKind.GROUP:
        raise wrong
    return group


def _check_kind(customer: Customer, facts: CustomerFacts) -> None:
    problem = profile.kind_change_problem(
        customer.kind, facts.kind, has_branches=bool(queries.branch_ids(customer.id))
    )
    if problem is not None:
        raise Invalid(problem, "kind")


def _refuse_taken(facts: CustomerFacts, actor: Viewer, own_id: int | None = None) -> None:
    """Refuse a code or credit code that another customer holds, whoever looks after that one."""
    found: dict[str, Text] = {}
    for name in ("code", "credit_code"):
        value: Any = getattr(facts, name)
        others = [i for i in whole.holders(Customer, name, value) if i != own_id] if value else []
        if others:
            found[name] = _taken_by(others[0], actor)
    if found:
        raise InvalidMany(found)


def _taken_by(holder: int, actor: Viewer) -> Text:
    try:
        other = load(Customer, holder, actor, Permission.CUSTOMER_SEE)
    except NotFound:
        return t("A customer in a colleague's care has it already: ask a sales manager.")
    return t("%(name)s (%(code)s) has it already.", name=other.label, code=other.code)
