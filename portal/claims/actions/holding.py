"""A claim while it is being changed: held by one transaction, moved by its table."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.claims.models import Claim
from portal.claims.rules.states import CLAIM_STEPS, ClaimState, ClaimStep
from portal.db.base import db
from portal.db.engine import write_from_here
from portal.kernel.errors import Forbidden, NotFound

LONGEST_TEXT = 2000


def held(claim: Claim) -> Claim:
    """The claim as it stands now, held until the transaction ends."""
    write_from_here(db.session())
    wanted = select(Claim).where(Claim.id == claim.id).with_for_update(of=Claim)
    found = db.session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise NotFound()
    return found


def check_step(claim: Claim, which: ClaimStep) -> ClaimState:
    """The state after a step; NotAllowedNow where the table has none."""
    return CLAIM_STEPS.next(ClaimState(claim.state), which)


def step(claim: Claim, which: ClaimStep, now: datetime) -> None:
    """Take a step of the table."""
    claim.state = check_step(claim, which).value
    claim.updated_at = now


def check_may(actor: Viewer, *permissions: Permission) -> None:
    """Forbidden unless the actor holds one of these."""
    if not any(actor.may(each) for each in permissions):
        raise Forbidden()
