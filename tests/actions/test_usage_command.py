"""`portal usage import` and `portal batches work`: what the pages do, on the command line."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.cli import batches as batches_command
from portal.cli import usage as usage_command
from portal.contracts.models import Entitlement
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.jobs.batches import instance
from portal.usage.actions import batches
from portal.usage.models import ImportBatch, UsageRecord
from portal.usage.rules.states import BatchState
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.chain import entitled, handling

HEADS = "客户代码,服务项目代码,数量,单位,日期,参考号\n"


@pytest.fixture
def sheet(cast: Cast, now: datetime, tmp_path: Path) -> Path:
    """Two rows for an entitlement of 5."""
    entitled(cast, now)
    code = handling().code
    db.session.commit()
    path = tmp_path / "用量.csv"
    path.write_text(
        f"{HEADS}HARBOUR,{code},2,托盘,2026-02-01,A\nHARBOUR,{code},1,托盘,2026-02-02,B\n"
    )
    return path


def run(app: PortalApp, *words: str) -> Result:
    return app.test_cli_runner().invoke(usage_command.usage, ["import", *words, "--language", "en"])


def recorded() -> tuple[int, Decimal | None]:
    db.session.rollback()
    count = db.session.scalar(select(func.count(UsageRecord.id)))
    return count or 0, db.session.scalar(select(func.sum(Entitlement.remaining)))


def test_a_dry_run_tells_what_would_happen_and_saves_nothing(app: PortalApp, sheet: Path) -> None:
    told = run(app, str(sheet), "--dry-run")
    assert told.exit_code == 0 and "2 rows" in told.output and "2 matched" in told.output
    assert recorded() == (0, Decimal(5))
    assert db.session.scalar(select(func.count(ImportBatch.id))) == 0


def test_a_file_is_imported_once_however_often_it_is_sent(app: PortalApp, sheet: Path) -> None:
    assert "2 recorded" in run(app, str(sheet)).output
    assert recorded() == (2, Decimal(2))
    assert "0 recorded, 2 known" in run(app, str(sheet)).output
    assert recorded() == (2, Decimal(2))


def test_a_wrong_file_is_refused_with_row_and_column(app: PortalApp, sheet: Path) -> None:
    sheet.write_text(f"{HEADS}NOBODY,X,two,托盘,2026-02-01,A\n")
    told = run(app, str(sheet))
    assert told.exit_code == 1 and recorded()[0] == 0
    assert "A · 客户代码" in told.output and "'NOBODY'" in told.output and "a number" in told.output


def test_another_source_counts_its_references_apart(app: PortalApp, sheet: Path) -> None:
    run(app, str(sheet))
    assert "2 recorded" in run(app, str(sheet), "--source", "tms").output
    assert run(app, str(sheet), "--source", "x" * 25).exit_code == 2


def test_a_batch_of_a_page_is_worked_on_by_the_command(
    app: PortalApp, sheet: Path, now: datetime
) -> None:
    with unit_of_work():
        batch_id = batches.receive(
            "usage", sheet.read_bytes(), sheet.name, SYSTEM, now, instance()
        ).id
    told = app.test_cli_runner().invoke(batches_command.batches, ["work", str(batch_id)])
    db.session.rollback()
    assert told.exit_code == 0
    assert db.session.get_one(ImportBatch, batch_id).state == BatchState.READY
