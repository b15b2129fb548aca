"""Contacts at the desk."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers import actions, queries
from portal.customers.forms import ContactForm
from portal.customers.models import Contact, Customer
from portal.customers.views.door import desk
from portal.customers.views.editing import Clashes, edited
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.web.clashes import begun
from portal.web.forms import attempted, form_page


@desk.route("/customers/<int:customer_id>/contacts/new", methods=["GET", "POST"])
@requires(P.CUSTOMER_EDIT)
def new_contact(customer_id: int) -> Any:
    """Add a person."""
    customer = fetch(Customer, customer_id)
    form = _offering(ContactForm(), customer_id)
    if form.validate_on_submit() and (contact := attempted(form, lambda: _added(customer, form))):
        flash(_("%(name)s is added.", name=contact.name), "success")
        return _back(customer_id)
    return form_page("customers/contact.html", form, customer=customer, contact=None)


@desk.route("/contacts/<int:contact_id>", methods=["GET", "POST"])
@requires(P.CUSTOMER_EDIT)
def edit_contact(contact_id: int) -> Any:
    """Change a person."""
    contact = _present(contact_id)
    form = _offering(ContactForm(data=queries.facts_of(contact)), contact.customer_id, contact)
    begun(form, contact)
    clashes: Clashes = ()
    if form.validate_on_submit():
        saved, clashes = edited(form, contact, lambda: _changed(contact, form))
        if saved:
            flash(_("Saved."), "success")
            return _back(contact.customer_id)
    shown = {"customer": contact.customer, "contact": contact, "clashes": clashes}
    return form_page("customers/contact.html", form, **shown)


@desk.post("/contacts/<int:contact_id>/main")
@requires(P.CUSTOMER_EDIT)
def main_contact(contact_id: int) -> Response:
    """Make somebody the one whom we turn to first."""
    contact = _present(contact_id)
    actions.make_main_contact(contact, g.viewer, clock.now())
    flash(_("%(name)s is the main contact now.", name=contact.name), "success")
    return _back(contact.customer_id)


@desk.post("/contacts/<int:contact_id>/remove")
@requires(P.CUSTOMER_EDIT)
def remove_contact(contact_id: int) -> Response:
    """Take a person off."""
    contact = _present(contact_id)
    back = _back(contact.customer_id)
    flash(_("%(name)s is removed.", name=contact.name), "success")
    actions.remove_contact(contact, g.viewer, clock.now())
    return back


def _offering(form: ContactForm, customer_id: int, contact: Contact | None = None) -> ContactForm:
    """The others, to whom this one may report."""
    others = [each for each in queries.contacts(customer_id, g.viewer) if each is not contact]
    form.reports_to_id.choices = [("", "—"), *((each.id, each.name) for each in others)]
    return form


def _present(contact_id: int) -> Contact:
    """One that was not removed."""
    contact = fetch(Contact, contact_id)
    if not contact.active:
        raise NotFound()
    return contact


def _back(customer_id: int) -> Response:
    return redirect(url_for("desk_customers.show", customer_id=customer_id))  # type: ignore[return-value]


def _added(customer: Customer, form: ContactForm) -> Contact:
    return actions.add_contact(customer, form.facts, g.viewer, clock.now())


def _changed(contact: Contact, form: ContactForm) -> Contact:
    return actions.change_contact(contact, form.facts, form.seen_version, g.viewer, clock.now())
