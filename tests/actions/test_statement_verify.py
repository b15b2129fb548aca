"""`verify` works every line out again: it is silent about what is right and names whatever was tampered with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import delete, select, update

from portal.access.viewer import SYSTEM
from portal.billing.actions import publishing, reviewing, storage_usage, verifying
from portal.billing.models import (
    BilledOnce,
    Statement,
    StatementLine,
    StatementRevision,
    StatementRun,
)
from portal.catalogue.models import ExchangeRate
from portal.catalogue.rules.storage import Method, StoragePolicy
from portal.cli.statements import statements as command
from portal.contracts.models import ContractLine, LedgerEntry
from portal.contracts.rules.kinds import Allowance, Overage
from portal.db.base import db
from portal.usage.actions import recording
from portal.usage.models import UsageRecord
from portal.warehouse.models import StockDay
from portal.web.flask_app import PortalApp
from tests.billing_worlds import FEBRUARY, JANUARY, lines, moved, run, settles, statements, used
from tests.cast import Cast
from tests.chain import contract_line, entitled, granted, handling, signed_contract
from tests.factories import add, item, per_unit

D = Decimal


def whole_world(cast: Cast, now: datetime) -> None:
    """Every kind of line on published statements of January and a draft of February."""
    settles(cast.harbour, late_fee_percent=D("0.05"))
    add(
        ExchangeRate(
            currency="USD", base="CNY", on=date(2026, 1, 1), rate=D("7.1034"), source="BOC"
        )
    )
    terms = per_unit("XPX", "CNY", "40").to_json()
    bought = entitled(
        cast, now, quantity=D(5), overage=Overage.OVERAGE_PRICE, overage_terms=terms, until_on=date(2026, 2, 28)
    )  # fmt: skip
    entitled(cast, now, quantity=D(2), until_on=date(2026, 1, 31), tax_inclusive=False)
    first = used(bought, "6", now, on=date(2026, 1, 5), reference="SPLIT")
    used(bought, "3", now, on=date(2026, 1, 6), reference="OVER")
    dollars = entitled(
        cast, now, quantity=None, item=handling("AMS"), currency="USD", tax_class="exempt_forwarding",
        price_terms=per_unit("XPX", "USD", "35").to_json(), discount_percent=D(10),
    )  # fmt: skip
    used(dollars, "1", now, on=date(2026, 1, 7), reference="USD")
    granted(
        cast,
        now,
        quantity=D(10),
        allowance=Allowance.MONTH,
        charges_shortfall=True,
        item=handling("LBL"),
    )
    contract = signed_contract(cast)
    fee = item(
        "SYS", "系统服务费", unit="MON", category="other", load="none", tax_class="service_6"
    )
    contract_line(contract, fee, None, price_terms=per_unit("MON", "CNY", "310").to_json())
    policy = StoragePolicy(Method.DAILY, "MTQ", rate=D("0.85"), currency="CNY", minimum=D(900))
    goods = item(
        "STORAGE", "仓储费", unit="MTQ.DAY", section="storage", category="storage", load="none"
    )
    entitled(cast, now, quantity=None, item=goods, storage_policy=policy.to_json())
    moved(cast.harbour, "in", "1000", date(2026, 1, 10), now)
    run(JANUARY, now=now)
    publish(statements()[0], now)
    recording.reverse(db.session.get_one(UsageRecord, first.id), "wrong", SYSTEM, now)
    run(FEBRUARY, now=now)


def publish(statement: Statement, now: datetime) -> None:
    reviewing.review(statement, SYSTEM, now)
    publishing.publish(statement, SYSTEM, now)
    storage_usage.post(statement, SYSTEM, now)
    db.session.commit()


def told() -> list[str]:
    """What verify says, in words."""
    found = verifying.verify()
    return [f"{each.number} {each.line} {each.field}" for each in found]


def test_what_was_billed_honestly_has_no_difference(cast: Cast, now: datetime) -> None:
    whole_world(cast, now)
    january, february = statements()
    assert {each.kind for each in lines(january)} == {
        "usage", "storage", "storage_minimum", "fee", "shortfall",
    }  # fmt: skip
    assert {"reversal", "true_up"} <= {each.kind for each in lines(february)}
    assert verifying.verify() == []


def line_of(reference: str) -> Any:
    return select(StatementLine.id).where(StatementLine.reference == reference).limit(1)


TAMPERINGS: dict[str, tuple[Callable[[], Any], str]] = {
    "an amount": (
        lambda: (
            update(StatementLine)
            .where(StatementLine.id.in_(line_of("OVER")))
            .values(
                gross_amount=StatementLine.gross_amount + 1, net_amount=StatementLine.net_amount + 1
            )
        ),
        "gross_amount",
    ),
    "a usage's quantity": (
        lambda: update(UsageRecord).where(UsageRecord.reference == "USD").values(quantity=D(2)),
        "line",
    ),
    "a working": (
        lambda: (
            update(StatementLine)
            .where(StatementLine.id.in_(line_of("USD")))
            .values(working=[["product", {"rate": "1"}]])
        ),
        "working 1",
    ),
    "a rate of exchange": (
        lambda: update(ExchangeRate).values(rate=D("7.2")),
        "exchange_rate",
    ),
    "a draw of the ledger": (
        lambda: (
            update(LedgerEntry.__table__)
            .where(LedgerEntry.__table__.c.source_label == "SPLIT")
            .values(used_change=D(7))
        ),
        "line",
    ),
    "a price of the contract": (
        lambda: (
            update(ContractLine)
            .where(ContractLine.currency == "USD")
            .values(price_terms=per_unit("XPX", "USD", "36").to_json())
        ),
        "amount",
    ),
    "a day of the stock": (lambda: update(StockDay).values(m3_in=D(25)), "quantity"),
    "a hash": (lambda: update(StatementRevision).values(sha256="0" * 64), "hash of revision 1"),
    "a sum": (lambda: update(Statement).values(line_count=1), "line_count"),
    "a mark of a storage day": (
        lambda: delete(BilledOnce).where(
            BilledOnce.kind == "storage_day", BilledOnce.on == date(2026, 1, 12)
        ),
        "billed once",
    ),
}


@pytest.mark.one_database
@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_named_by_statement_line_and_field(
    cast: Cast, now: datetime, what: str
) -> None:
    whole_world(cast, now)
    change, field = TAMPERINGS[what]
    db.session.execute(change().execution_options(synchronize_session=False))
    db.session.commit()
    found = told()
    assert any(
        each.startswith("ST-2026-000001 ") and each.endswith(f" {field}") for each in found
    ), found


def test_a_line_that_was_taken_away_is_missed(cast: Cast, now: datetime) -> None:
    whole_world(cast, now)
    serial = db.session.scalar(select(StatementLine.serial).where(StatementLine.reference == "USD"))
    db.session.execute(delete(StatementLine).where(StatementLine.reference == "USD"))
    db.session.commit()
    found = told()
    assert f"ST-2026-000001 {serial} line" in found and "ST-2026-000001 None line" in found
    assert "ST-2026-000001 None hash of revision 1" in found


def say(app: PortalApp, *words: str) -> Result:
    return app.test_cli_runner().invoke(command, [*words])


def test_the_command_exits_with_1_and_names_every_difference(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    used(entitled(cast, now, quantity=D(10)), "1", now, reference="A-1")
    db.session.commit()
    again = say(app, "verify")
    assert again.exit_code == 0, again.output
    period = ("--from", "2026-02-01", "--to", "2026-02-28", "--language", "en")
    looked = say(app, "preview", *period)
    assert "1 lines" in looked.output and not statements(), looked.output
    billed = say(app, "run", *period)
    assert "1 drafted, 1 lines" in billed.output, billed.output
    db.session.execute(update(StatementLine).values(quantity=D(3)))
    db.session.commit()
    refused = say(app, "verify")
    assert refused.exit_code == 1
    assert "ST-2026-000001 line 1 quantity: stored 3" in refused.output


def test_a_run_of_an_unknown_customer_is_wrongly_called(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    period = ("--from", "2026-02-01", "--to", "2026-02-28")
    assert say(app, "run", *period, "--customer", "NOBODY").exit_code == 2
    assert db.session.query(StatementRun).count() == 0
