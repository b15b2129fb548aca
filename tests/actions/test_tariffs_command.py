"""`portal rates …`: what the command line says and how it ends."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from click.testing import Result

from portal.catalogue.models import Tariff
from portal.cli.rates import rates
from portal.db.base import db
from portal.web.flask_app import PortalApp
from tests.factories import scheme
from tests.sheets import fcl, in_force


@pytest.fixture
def sheet(database: None, now: datetime, tmp_path: Path, app: PortalApp) -> Path:
    """The export of a tariff in force."""
    rows = [fcl("CNSHA", "USNYC", "40HQ", "3850"), fcl("CNNGB", "USLAX", "20GP", "1800")]
    in_force(scheme("STD"), rows, now)
    db.session.commit()
    path = tmp_path / "prices.csv"
    done = run(app, "export", "--tariff", "STD-V1", "-o", str(path))
    assert done.exit_code == 0 and "2 prices" in done.output
    return path


def run(app: PortalApp, *words: str) -> Result:
    return app.test_cli_runner().invoke(rates, [*words])


def test_an_export_imported_unchanged_is_no_change(app: PortalApp, sheet: Path) -> None:
    done = run(
        app, "import", str(sheet), "--scheme", "STD", "--valid-from", "2026-03-05", "--dry-run"
    )
    assert done.exit_code == 0
    assert "Against STD-V1: 0 new, 0 gone, 0 up, 0 down, 0 changed, 2 same" in done.output
    assert db.session.query(Tariff).count() == 1


def test_an_edited_export_is_put_in_force_on_its_day(app: PortalApp, sheet: Path) -> None:
    sheet.write_text(sheet.read_text("utf-8-sig").replace("3850", "4004"), "utf-8")
    done = run(
        app, "import", str(sheet), "--scheme", "STD", "--valid-from", "2026-04-01", "--activate"
    )
    assert done.exit_code == 0, done.output
    assert "1 up" in done.output and "STD-V2: 2 prices, active" in done.output
    states = {t.code: (t.state, str(t.valid_to)) for t in db.session.query(Tariff)}
    assert states == {"STD-V1": ("superseded", "2026-03-31"), "STD-V2": ("active", "None")}


def test_a_wrong_sheet_ends_with_one_and_saves_nothing(app: PortalApp, sheet: Path) -> None:
    sheet.write_text(sheet.read_text("utf-8-sig").replace("3850", "n/a?"), "utf-8")
    done = run(app, "import", str(sheet), "--scheme", "STD")
    assert done.exit_code == 1 and "n/a?" in done.output
    assert db.session.query(Tariff).count() == 1


def test_an_unknown_scheme_or_tariff_is_a_wrong_call(app: PortalApp, sheet: Path) -> None:
    assert run(app, "import", str(sheet), "--scheme", "NO").exit_code == 2
    assert run(app, "export", "--tariff", "NO", "-o", "x.csv").exit_code == 2


def test_a_layout_nobody_has_described_is_a_wrong_call(
    app: PortalApp, sheet: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.csv"
    other.write_text("POL,POD,20GP\n上海,纽约,2000\n", "utf-8")
    done = run(app, "import", str(other), "--scheme", "STD")
    assert done.exit_code == 2 and "No profile is saved" in done.output


def test_lines_without_a_price_are_told_and_end_with_one(
    app: PortalApp, sheet: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "shipments.csv"
    listed.write_text("单号,起运港,目的港,40HQ\nA,上海,纽约,2\nB,上海,汉堡,1\n", "utf-8")
    out = tmp_path / "answer.csv"
    words = ("price", str(listed), "--tariff", "STD-V1", "-o", str(out), "--language", "en")
    done = run(app, *words)
    assert done.exit_code == 1
    assert "2 shipments, 1 priced" in done.output and "USD 7,700.00" in done.output
    lines = out.read_text("utf-8-sig").splitlines()
    assert "7700.00" in lines[1] and "2 40HQ × 3,850.00" in lines[1]
    assert "no price for this lane" in lines[2]
