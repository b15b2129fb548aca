"""The files of this room that were sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from portal.intake.rules.kinds import IntakeKind
from portal.usage.models import ImportBatch

KINDS = tuple(kind.value for kind in IntakeKind)


def sent() -> Select[Any]:
    """Every file of customers, contacts, opportunities or history."""
    return select(ImportBatch).where(ImportBatch.kind.in_(KINDS))
