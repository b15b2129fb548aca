"""Sites at the desk."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.customers import actions, queries
from portal.customers.forms import SiteForm
from portal.customers.models import Customer, Site
from portal.customers.views.door import desk
from portal.customers.views.editing import Clashes, edited
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.web.clashes import begun
from portal.web.forms import attempted, form_page


@desk.route("/customers/<int:customer_id>/sites/new", methods=["GET", "POST"])
@requires(P.CUSTOMER_EDIT)
def new_site(customer_id: int) -> Any:
    """Add a place."""
    customer, form = fetch(Customer, customer_id), SiteForm()
    if form.validate_on_submit() and (site := attempted(form, lambda: _added(customer, form))):
        flash(_("%(name)s is added.", name=site.name), "success")
        return _back(customer_id)
    return form_page("customers/site.html", form, customer=customer, site=None)


@desk.route("/sites/<int:site_id>", methods=["GET", "POST"])
@requires(P.CUSTOMER_EDIT)
def edit_site(site_id: int) -> Any:
    """Change a place."""
    site = _present(site_id)
    form = SiteForm(data=queries.facts_of(site))
    begun(form, site)
    clashes: Clashes = ()
    if form.validate_on_submit():
        saved, clashes = edited(form, site, lambda: _changed(site, form))
        if saved:
            flash(_("Saved."), "success")
            return _back(site.customer_id)
    shown = {"customer": site.customer, "site": site, "clashes": clashes}
    return form_page("customers/site.html", form, **shown)


@desk.post("/sites/<int:site_id>/remove")
@requires(P.CUSTOMER_EDIT)
def remove_site(site_id: int) -> Response:
    """Take a place off."""
    site = _present(site_id)
    back = _back(site.customer_id)
    flash(_("%(name)s is removed.", name=site.name), "success")
    actions.remove_site(site, g.viewer, clock.now())
    return back


def _present(site_id: int) -> Site:
    """One that was not removed."""
    site = fetch(Site, site_id)
    if not site.active:
        raise NotFound()
    return site


def _back(customer_id: int) -> Response:
    return redirect(url_for("desk_customers.show", customer_id=customer_id))  # type: ignore[return-value]


def _added(customer: Customer, form: SiteForm) -> Site:
    return actions.add_site(customer, form.facts, g.viewer, clock.now())


def _changed(site: Site, form: SiteForm) -> Site:
    return actions.change_site(site, form.facts, form.seen_version, g.viewer, clock.now())
