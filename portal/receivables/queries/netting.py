"""Credit balances and what they were, or may be, set against."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.billing.models import Receivable
from portal.db.base import db
from portal.receivables.models import Netting


def payable_by(credit: Receivable, viewer: Viewer) -> list[int]:
    """The open items of the same customer and currency, oldest due first."""
    wanted = visible(select(Receivable.id), Receivable, viewer).where(
        Receivable.customer_id == credit.customer_id,
        Receivable.currency == credit.currency,
        Receivable.open_amount > 0,
    )
    return list(db.session.scalars(wanted.order_by(Receivable.due_on, Receivable.id)))


def nettings_of(receivable: Receivable, viewer: Viewer) -> list[Netting]:
    """Everything that was set off on either side of it, and undone, in order."""
    wanted = visible(select(Netting), Netting, viewer).where(
        or_(Netting.credit_id == receivable.id, Netting.receivable_id == receivable.id)
    )
    both = joinedload(Netting.credit), joinedload(Netting.receivable)
    return list(db.session.scalars(wanted.options(*both).order_by(Netting.id)))
