"""Users of a customer, the same behind both doors: the forms and what is done with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import g

from portal.access.permissions import Permission, Power
from portal.access.viewer import Viewer
from portal.customers import actions, queries
from portal.customers.forms import GrantForm, InviteMemberForm
from portal.customers.models import Customer, Membership
from portal.customers.rules.kinds import CustomerKind, DocumentLanguage
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.web.clashes import begun

USUAL_POWERS = (Power.SEE_QUOTATIONS,)


def invitation(customers: Sequence[Customer]) -> InviteMemberForm:
    """An empty invitation to one of `customers`; the only one is not asked for."""
    first = customers[0]
    language = "en" if first.document_language == DocumentLanguage.EN else "zh_CN"
    form = InviteMemberForm(locale=language, powers=[str(power) for power in USUAL_POWERS])
    form.customer_id.choices = [(each.id, each.label) for each in customers]
    if len(customers) == 1:
        del form.customer_id
    _without_reach(form, customers, g.viewer)
    return form


def invited(form: InviteMemberForm, customers: Sequence[Customer]) -> Membership:
    """Send it."""
    wanted = form.customer_id.data if "customer_id" in form else customers[0].id
    customer = next((each for each in customers if each.id == wanted), None)
    if customer is None:
        raise NotFound()
    return actions.add_member(
        customer,
        form.email.data or "",
        form.name.data or "",
        form.grant,
        form.locale.data,
        g.viewer,
        clock.now(),
    )


def grant_form(membership: Membership) -> GrantForm:
    """What a user may do, to be changed."""
    form = GrantForm(
        powers=[str(power) for power in membership.power_set],
        covers_branches=membership.covers_branches,
        ends_on=membership.ends_on,
    )
    _without_reach(form, [membership.customer], g.viewer)
    begun(form, membership)
    return form


def changed(membership: Membership, form: GrantForm) -> Membership:
    """Save it; a reach that the form does not show stays what it is."""
    grant = form.grant
    if "covers_branches" not in form:
        grant = replace(grant, covers_branches=membership.covers_branches)
    return actions.change_member(membership, grant, form.seen_version, g.viewer, clock.now())


def lost_own_place(membership: Membership, powers: frozenset[Any]) -> bool:
    """Whether the viewer gave up the right to look at this page."""
    own = membership.user_id == g.viewer.user_id
    return own and not g.viewer.is_staff and Power.ADMINISTER not in powers


def customers_of(viewer: Viewer) -> list[Customer]:
    """The customer that the viewer acts for, then the branches within reach."""
    found = {each.id: each for each in queries.all_customers(viewer)}
    own = found.pop(viewer.customer_id or 0, None)
    return [own, *found.values()] if own else list(found.values())


def _without_reach(form: GrantForm, customers: Sequence[Customer], viewer: Viewer) -> None:
    """Only a group's user can reach its branches, and only somebody who does can hand it on."""
    has_group = any(each.kind == CustomerKind.GROUP for each in customers)
    reaches = viewer.is_staff or viewer.customer_ids is None or len(viewer.customer_ids) > 1
    if not (has_group and reaches and viewer.may(Permission.MEMBER_EDIT)):
        del form.covers_branches
