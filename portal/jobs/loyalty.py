"""Points: earned by what was settled, taken back, expired; each bill and account in a transaction of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from portal.db.work import unit_of_work
from portal.kernel.clock import business_day
from portal.kernel.errors import PortalError
from portal.loyalty.actions import earning, ledger
from portal.loyalty.queries.points import rules

log = logging.getLogger(__name__)


def settle(now: datetime) -> str:
    """Everything that is due; run again it finds nothing left to do."""
    back = _each(earning.to_take_back(), earning.give_back, now)
    earned = _each(earning.to_earn(), earning.earn, now) if rules() else 0
    gone = sum(_expire(each, now) for each in earning.accounts_to_expire(business_day(now)))
    return f"{earned} earned, {back} taken back, {gone} points expired"


def _each(ids: Iterable[int], verb: Callable[[int, datetime], object], now: datetime) -> int:
    done = 0
    for each in ids:
        try:
            with unit_of_work():
                done += verb(each, now) is not None
        except (
            PortalError
        ) as error:  # as a missing rate of exchange: the others still earn, this one is tried again
            log.warning("points of receivable %s: %s", each, error.text)
    return done


def _expire(customer_id: int, now: datetime) -> int:
    with unit_of_work():
        return ledger.expire(ledger.hold(customer_id, now), now)
