"""Credits beside disputes: goodwill and claims; proposed, approved by somebody else, on a statement once (T9)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.billing.actions import crediting, reviewing
from portal.billing.actions.crediting import Ask
from portal.billing.actions.rows import store
from portal.billing.models import Credit
from portal.billing.rules.credits import credit_line
from portal.billing.rules.states import StatementState as S
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.kernel.errors import Forbidden, Invalid, NotAllowedNow
from tests.cast import Cast, viewer
from tests.factories import exchange
from tests.statements import LAST, a_line, a_statement, lines

D = Decimal
SIX = TaxTerms(TaxKind.TAXED, D(6))


def asked(
    cast: Cast, now: datetime, gross: str = "106", by: str = "finance", **more: Any
) -> Credit:
    values = {
        "name_zh": "货损补偿",
        "reason": "外箱破损",
        "tax": SIX,
        "tax_class": "service_6",
        **more,
    }
    source = values.pop("source_type", "goodwill"), values.pop("source_id", None)
    ask = Ask(D(gross), **values)
    return crediting.propose(cast.harbour, ask, *source, viewer(getattr(cast, by)), now)


def test_a_small_credit_is_granted_at_once(cast: Cast, now: datetime) -> None:
    row = asked(cast, now)
    assert (row.number, row.state, row.net_amount, row.tax_amount) == (
        "CN-2026-000001",
        "granted",
        100,
        6,
    )
    assert (row.author_id, row.approved_by, row.source_id) == (cast.finance.id, None, 2026000001)


def test_a_large_one_is_approved_by_somebody_else(cast: Cast, now: datetime) -> None:
    row = asked(cast, now, "1000.01", "finance_manager")
    assert row.state == "pending_approval"
    with pytest.raises(Forbidden, match="Somebody else"):
        crediting.approve(row, viewer(cast.finance_manager), now)
    crediting.approve(row, viewer(cast.administrator), now)
    assert (row.state, row.approved_by) == ("granted", cast.administrator.id)


def test_the_limit_is_one_of_the_firms_currency(cast: Cast, now: datetime) -> None:
    assert (
        asked(cast, now, "50", currency="USD").state == "pending_approval"
    )  # no rate tells what it is
    exchange("USD", "7.1", LAST)
    assert asked(cast, now, "140", currency="USD").state == "granted"
    assert asked(cast, now, "141", currency="USD").state == "pending_approval"


def test_who_approves_is_told_and_the_author_hears_of_it(cast: Cast, now: datetime) -> None:
    row = asked(cast, now, "2000")
    crediting.refuse(row, "没有证据", viewer(cast.finance_manager), now)
    told = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    assert [(each.recipient, each.facts["step"]) for each in told] == [
        (cast.finance_manager.email, "to_approve"), (cast.finance.email, "refused")
    ]  # fmt: skip
    assert row.state == "refused"


def test_a_refused_credit_keeps_its_number_and_comes_to_nothing(cast: Cast, now: datetime) -> None:
    row = asked(cast, now, "2000")
    crediting.refuse(row, "没有证据", viewer(cast.finance_manager), now)
    for verb in (crediting.approve, lambda *by: crediting.refuse(by[0], "再次", *by[1:])):
        with pytest.raises(NotAllowedNow):
            verb(row, viewer(cast.finance_manager), now)
    assert asked(cast, now).number == "CN-2026-000002"


def test_one_source_has_one_credit_whoever_asks_again(cast: Cast, now: datetime) -> None:
    first = asked(cast, now, source_type="claim", source_id=12)
    again = asked(cast, now, "90", "finance_manager", source_type="claim", source_id=12)
    assert again.id == first.id and again.gross_amount == 106


def test_who_may_not_propose_does_not(cast: Cast, now: datetime) -> None:
    with pytest.raises(Forbidden):
        asked(cast, now, by="sales")


@pytest.mark.parametrize(
    ("field", "change"),
    [("amount", {"gross": "0"}), ("currency", {"currency": "XYZ"}), ("name_zh", {"name_zh": " "}),
     ("reason", {"reason": ""})],
)  # fmt: skip
def test_a_wrong_field_of_a_credit_is_told(
    cast: Cast, now: datetime, field: str, change: Any
) -> None:
    with pytest.raises(Invalid) as refused:
        asked(cast, now, **change)
    assert refused.value.field == field


def test_a_line_is_not_credited_beyond_what_it_charges(cast: Cast, now: datetime) -> None:
    line = lines(a_statement(cast.harbour, [a_line("106")], S.CONFIRMED))[0]
    asked(cast, now, "100", line=line)
    with pytest.raises(Invalid) as refused:
        asked(cast, now, "6.01", line=line)
    assert refused.value.field == "amount" and "CNY 6.00" in str(refused.value.text)
    rest = asked(cast, now, "6", line=line)
    assert (rest.tax_kind, rest.tax_percent, rest.tax_class) == ("taxed", 6, "service_6")


def test_a_credit_is_on_one_draft_and_free_again_with_it(cast: Cast, now: datetime) -> None:
    row, desk = asked(cast, now), viewer(cast.finance)
    draft = a_statement(cast.harbour, [a_line("500")])
    store(draft, [credit_line(row, LAST)])
    crediting.place([row.id], draft, desk, now)
    with pytest.raises(NotAllowedNow):
        crediting.place([row.id], draft, desk, now)
    reviewing.void(draft, "合并", desk, now)
    assert row.state == "granted"


def test_what_is_not_granted_is_not_placed(cast: Cast, now: datetime) -> None:
    row = asked(cast, now, "2000")
    with pytest.raises(NotAllowedNow):
        crediting.place([row.id], a_statement(cast.harbour), viewer(cast.finance), now)
