"""What time does: periods end once, what is reserved stays, and letters go out once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.contracts.actions import ledger
from portal.contracts.actions.ledger import Source
from portal.contracts.models import Entitlement, LedgerEntry
from portal.contracts.rules.kinds import Allowance, EntryKind
from portal.db import audit
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.jobs import entitlements as job
from portal.jobs.letters import Letter, written
from tests.cast import Cast
from tests.chain import entitled, granted

D = Decimal
DAY = date(2026, 3, 2)
SOURCE = Source("booking", 1, "BK-1")


@pytest.fixture(autouse=True)
def nobody_asks(database: None) -> None:
    """Jobs see everything."""
    set_viewer(SYSTEM)


def ends(now: datetime) -> list[str]:
    """What two runs of the job say; the second has nothing to do."""
    db.session.commit()
    return [job.close(now), job.close(now)]


def entries(row: Entitlement, kind: EntryKind) -> list[LedgerEntry]:
    statement = select(LedgerEntry).where(
        LedgerEntry.entitlement_id == row.id, LedgerEntry.kind == kind.value
    )
    return list(db.session.scalars(statement))


def test_what_is_left_lapses_once_after_the_grace(cast: Cast, now: datetime) -> None:
    e = entitled(cast, now, until_on=DAY - timedelta(days=36))
    assert ends(now) == ["0 carried over, 1 lapsed", "0 carried over, 0 lapsed"]
    assert (e.granted, e.remaining, e.closed_at) == (0, 0, now)
    assert [x.quantity_change for x in entries(e, EntryKind.LAPSE)] == [-5]
    assert audit.timeline(e, public_only=True)[0].event == "entitlement.lapsed"


def test_nothing_lapses_within_the_grace(cast: Cast, now: datetime) -> None:
    e = entitled(cast, now, until_on=DAY - timedelta(days=35))
    assert ends(now) == ["0 carried over, 0 lapsed"] * 2
    assert e.remaining == 5 and e.closed_at is None


def test_an_endless_one_neither_lapses_nor_is_carried_over(cast: Cast, now: datetime) -> None:
    entitled(cast, now, quantity=None, until_on=date(2026, 1, 5))
    assert ends(now) == ["0 carried over, 0 lapsed"] * 2


def test_a_line_that_carries_over_gives_what_is_left_to_the_next_month_at_once(
    cast: Cast, now: datetime
) -> None:
    january, february, march, *_ = granted(
        cast, now, quantity=D(40), allowance=Allowance.MONTH, carries_over=True
    )
    ledger.consume(january, D(30), SOURCE, "j", SYSTEM, now, date(2026, 1, 20))
    assert ends(now)[0] == "2 carried over, 0 lapsed"
    assert [row.remaining for row in (january, february, march)] == [0, 0, 90]
    moved = [x.quantity_change for x in entries(february, EntryKind.ROLLOVER)]
    assert moved == [10, -50]


def test_what_was_carried_over_is_carried_once_by_two_runs(cast: Cast, now: datetime) -> None:
    rows = granted(cast, now, quantity=D(40), allowance=Allowance.MONTH, carries_over=True)
    ends(now)
    assert sum(row.remaining for row in rows) == 12 * 40
    assert len(entries(rows[0], EntryKind.ROLLOVER)) == 1


def test_what_is_reserved_stays_until_it_comes_free(cast: Cast, now: datetime) -> None:
    e = entitled(cast, now, until_on=date(2026, 1, 5))
    ledger.reserve(e, D(2), SOURCE, "r", SYSTEM, now, date(2026, 1, 4))
    ends(now)
    assert (e.remaining, e.reserved) == (0, 2)
    ledger.release(e, D(2), SOURCE, "l", SYSTEM, now, DAY)
    assert ends(now)[0] == "0 carried over, 1 lapsed"
    assert (e.remaining, e.reserved, e.granted) == (0, 0, 0)


def test_the_last_period_and_that_of_an_ended_contract_lapse_even_if_they_carry_over(
    cast: Cast, now: datetime
) -> None:
    last = entitled(cast, now, carries_over=True, until_on=date(2026, 1, 10))
    months = granted(
        cast, now, quantity=D(40), allowance=Allowance.MONTH, carries_over=True,
        from_on=date(2025, 12, 1), until_on=date(2026, 1, 31),
    )  # fmt: skip
    contract = months[0].contract
    contract.state, contract.end_reason = "terminated", "停业"
    assert ends(now)[0] == "0 carried over, 2 lapsed"
    assert (last.remaining, months[0].remaining, months[1].remaining) == (0, 0, 40)


def letters(now: datetime) -> list[OutboxMessage]:
    """What lies in the outbox after two runs of the job."""
    db.session.commit()
    job.tell(now)
    assert job.tell(now) == "0 letters"
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_little_left_is_told_once_to_who_may_see_it_and_the_owner(
    cast: Cast, now: datetime
) -> None:
    e = entitled(cast, now, quantity=D(10))
    ledger.consume(e, D(8), SOURCE, "a", SYSTEM, now, DAY)
    found = letters(now)
    assert [each.recipient for each in found] == [cast.lin.email, cast.sales.email]
    assert [each.facts["page"] for each in found] == [
        f"/my/entitlements/{e.id}", f"/desk/entitlements/{e.id}",
    ]  # fmt: skip
    assert audit.timeline(e, public_only=False)[0].event == "entitlement.noticed"


def test_used_up_is_told_and_again_only_after_more_was_granted(cast: Cast, now: datetime) -> None:
    e = entitled(cast, now, quantity=D(10))
    ledger.consume(e, D(10), SOURCE, "a", SYSTEM, now, DAY)
    assert {each.facts["kind"] for each in letters(now)} == {"exhausted"}
    ledger.adjust(e, D(10), "Bought more", Source("staff", 1), "b", SYSTEM, now)
    ledger.consume(e, D(10), SOURCE, "c", SYSTEM, now, DAY)
    assert len(letters(now)) == 4


def test_the_end_is_told_at_thirty_and_at_seven_days(cast: Cast, now: datetime) -> None:
    e = entitled(cast, now, until_on=date(2026, 4, 1))
    assert {each.facts["kind"] for each in letters(now)} == {"expiring"}
    assert len(letters(now + timedelta(days=10))) == 2
    assert len(letters(now + timedelta(days=23))) == 4
    assert e.remaining == 5


def test_a_suspended_contract_brings_no_letters_of_its_end_being_over(
    cast: Cast, now: datetime
) -> None:
    e = entitled(cast, now, until_on=date(2026, 3, 10))
    e.contract.state, e.contract.end_reason = "terminated", "停业"
    assert letters(now) == []


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_the_letter_says_what_is_left_in_the_readers_language(
    cast: Cast, now: datetime, locale: str
) -> None:
    e = entitled(cast, now, quantity=D(10))
    ledger.consume(e, D(8), SOURCE, "a", SYSTEM, now, DAY)
    cast.lin.locale = locale
    row = letters(now)[0]
    mail = written(Letter.of(row))
    unit = {"en": "pallet", "zh_CN": "板"}[locale]
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "HANDLING" in mail["Subject"] if locale == "en" else "装卸费" in mail["Subject"]
    assert unit in text and f"/my/entitlements/{e.id}" in text
