"""The administrator's pages: who can do what, the history, health, and mails that were given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import current_app, flash, g, redirect, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError
from werkzeug import Response

from portal.access import labels, permissions
from portal.access.guards import fetch, requires
from portal.access.permissions import Permission, Power
from portal.admin import actions, queries
from portal.admin.lists import HISTORY, field_words, record_told
from portal.admin.views import settings
from portal.db import audit as chain
from portal.db.audit import AuditEntry
from portal.db.outbox import OutboxMessage
from portal.documents.archive import archive
from portal.documents.queries import firm_profile
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.kernel.text import Text
from portal.upkeep import queries as upkeep
from portal.upkeep.letters import topic_words
from portal.web.doors import desk
from portal.web.flask_app import reads_first
from portal.web.listing import list_page
from portal.web.pages import page

bp = desk("admin", __name__)
settings.attach(bp)


@bp.get("/policy")
@requires(Permission.POLICY_SEE)
def policy() -> Any:
    """Who can do what, from the table that decides it."""
    return page(
        "admin/policy.html",
        tables=(
            (_("Our people, by role"), labels.ROLE_LABELS, _rights(permissions.ROLES)),
            (_("A customer's users, by power"), _powers(), _rights(_opened())),
        ),
    )


def _powers() -> dict[Power, Text]:
    """The powers that open something by now."""
    return {
        power: words for power, words in labels.POWER_LABELS.items() if permissions.POWERS[power]
    }


def _opened() -> dict[Power, frozenset[Permission]]:
    """What each power opens, with what everybody has who has any."""
    return {power: permissions.of_powers(frozenset({power})) for power in permissions.POWERS}


def _rights(held: Mapping[Any, frozenset[Permission]]) -> list[tuple[Text, set[Any]]]:
    """A right in words and who holds it, for rights that anybody of `held` has."""
    rows = (
        (words, {holder for holder, rights in held.items() if right in rights})
        for right, words in labels.PERMISSION_LABELS.items()
    )
    return [(words, holders) for words, holders in rows if holders]


@bp.get("/audit")
@requires(Permission.AUDIT_SEE)
def audit() -> Any:
    """Everything that was done."""
    return list_page(HISTORY, queries.entries(), "admin/audit.html")


@bp.get("/audit/<int:entry_id>")
@requires(Permission.AUDIT_SEE)
def audit_entry(entry_id: int) -> Any:
    """One step: before, after, why."""
    entry = fetch(AuditEntry, entry_id)
    names = sorted({*(entry.before or {}), *(entry.after or {})})
    rows = [
        (name, field_words(name), (entry.before or {}).get(name), (entry.after or {}).get(name))
        for name in names
    ]
    record, where = record_told(entry)
    return page("admin/audit_entry.html", entry=entry, record=record, where=where, rows=rows)


@bp.post("/audit/check")
@reads_first
@requires(Permission.AUDIT_SEE)
def check_chain() -> Response:
    """Recompute every hash of the history."""
    broken = chain.first_broken_link()
    if broken is None:
        flash(_("The chain is whole: no entry was changed or taken out."), "success")
    else:
        flash(_("Entry %(id)s was changed, or one before it is missing.", id=broken), "error")
    return redirect(url_for(".audit"))


@bp.get("/health")
@requires(Permission.HEALTH_SEE)
def health() -> Any:
    """Whether all is well."""
    signs = upkeep.signs(clock.now(), current_app.config)
    letters = [(row, topic_words(row)) for row in queries.dead_letters()]
    return page("admin/health.html", signs=signs, letters=letters)


@bp.post("/health/mail/<int:message_id>")
@requires(Permission.SETTINGS_EDIT)
def retry_mail(message_id: int) -> Response:
    """Try a mail again that was given up."""
    message = fetch(OutboxMessage, message_id)
    actions.try_again(message, clock.now())
    flash(_("The mail is tried again within seconds."), "success")
    return redirect(url_for(".health"))


@bp.get("/settings/seal.png")
@requires(Permission.SETTINGS_SEE)
def seal() -> Response:
    """The seal, for those who may see the settings alone: outside a paper it is nobody's business."""
    sha256 = (firm_profile().look or {}).get("seal")
    if not sha256:
        raise NotFound()
    answer = Response(archive().read(sha256), mimetype="image/png")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.app_context_processor
def own_look() -> dict[str, Any]:
    """`firm` for the layouts: asked for once a request; even a page about a broken database is drawn."""
    if "firm" not in g:
        try:
            look = queries.look()
        except SQLAlchemyError:
            return {"firm": None}
        logo = url_for("admin.logo", mark=look.logo[:16]) if look.logo else None
        style = url_for("admin.accent", colour=look.accent[1:]) if look.accent else None
        g.firm = replace(look, logo_url=logo, style_url=style)
    return {"firm": g.firm}
