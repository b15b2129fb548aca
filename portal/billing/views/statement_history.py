"""The history of a statement as a list."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select

from portal.billing.models import Statement
from portal.db.audit import AuditEntry
from portal.kernel.text import t
from portal.web.filters import instant
from portal.web.listing import Column, Empty, ListSpec
from portal.web.words import actor_word, say


def entries(statement: Statement) -> Select[Any]:
    """Everything that happened to a statement that was fetched for the viewer."""
    return select(AuditEntry).where(
        AuditEntry.subject_type == "statement", AuditEntry.subject_id == statement.id
    )


HISTORY = ListSpec(
    key="statement_history",
    columns=(
        Column("at", t("When"), lambda e: instant(e.at), sort=AuditEntry.at, value=lambda e: e.at),
        Column("what", t("What"), lambda e: say(e.label)),
        Column("who", t("Who"), lambda e: actor_word(e.actor_name), sort=AuditEntry.actor_name),
        Column("details", t("Details"), lambda e: e.reason or ""),
        Column("public", t("Customer sees it"), lambda e: _("Yes") if e.is_public else ""),
    ),
    row_id=AuditEntry.id,
    sort="-at",
    url=lambda _entry: None,
    empty=Empty(t("Nothing has happened yet"), t("Each step leaves its entry here.")),
)
