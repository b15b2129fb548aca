"""An opportunity while it is being changed: held as it stands now, and locked once it is won or lost (O18)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import flag_modified

from portal.access.permissions import Permission
from portal.access.scope import past_the_walls, visible
from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.kernel.errors import Forbidden, NotAllowedNow, NotFound, StaleEdit
from portal.kernel.text import t
from portal.opportunities.models import Opportunity
from portal.opportunities.rules.states import OPPORTUNITY_WORDS, OpportunityState

EDIT = Permission.OPPORTUNITY_EDIT


def held(
    opportunity: Opportunity | int, actor: Viewer, version: int | None = None, permission: Permission = EDIT
) -> Opportunity:  # fmt: skip
    """The opportunity as it stands now, held until the transaction ends.

    NotFound when the actor does not see it, Forbidden without the permission; StaleEdit, naming who was quicker, when
    it changed since `version` was read.
    """
    row = held_id(opportunity if isinstance(opportunity, int) else opportunity.id)
    seen = visible(select(Opportunity.id), Opportunity, actor).where(Opportunity.id == row.id)
    if db.session.scalar(seen) is None:
        raise NotFound()
    if not actor.may(permission):
        raise Forbidden()
    if version is not None and row.version != version:
        raise _stale(row)
    return row


def unlocked(
    opportunity: Opportunity | int, actor: Viewer, version: int | None = None
) -> Opportunity:
    """The same of one that is still open; NotAllowedNow for one that is won or lost."""
    row = held(opportunity, actor, version)
    check_open(row)
    return row


def check_open(row: Opportunity) -> None:
    """NotAllowedNow when it is won or lost: nothing of it changes any more (REQUIREMENTS O18)."""
    if row.state != OpportunityState.OPEN.value:
        state = OPPORTUNITY_WORDS[OpportunityState(row.state)]
        raise NotAllowedNow(
            t("It is locked (“%(state)s”). Somebody with the right to may unlock it.", state=state)
        )


def held_id(opportunity_id: int) -> Opportunity:
    """The opportunity of this id, held likewise, whoever sees it."""
    write_from_here(db.session())
    wanted = (
        select(Opportunity)
        .where(Opportunity.id == opportunity_id)
        .options(joinedload(Opportunity.customer), joinedload(Opportunity.stage))
    )
    with past_the_walls():
        row = db.session.scalar(
            wanted.with_for_update(of=Opportunity).execution_options(populate_existing=True)
        )
    if row is None:
        raise NotFound()
    return row


def touch(row: Opportunity, now: datetime) -> None:
    """A changed part is a changed opportunity: its time and its counter follow."""
    row.updated_at = now
    flag_modified(row, "updated_at")
    db.session.flush()


def _stale(row: Opportunity) -> StaleEdit:
    entries = audit.timeline(row, public_only=False)
    if not entries:
        said = t("Somebody else saved %(number)s a moment ago.", number=row.number)
        return StaleEdit(said, version=row.version)
    parts = {"who": entries[0].actor_name, "number": row.number, "what": entries[0].label}
    return StaleEdit(
        t(
            "%(who)s changed %(number)s after you opened it (%(what)s). "
            "Nothing of yours was saved; compare, then repeat.",
            **parts,
        ),
        version=row.version,
    )
