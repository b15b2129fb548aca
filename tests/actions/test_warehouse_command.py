"""`portal warehouse …`: golden case G7 and the boundaries of W2 through files, books and the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import select, update

from portal.cli.warehouse import warehouse as command
from portal.db.base import db
from portal.kernel import clock
from portal.warehouse.models import StockDay, StockMovement
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.stock import goods, warehouse

MARCH = ("--customer", "HARBOUR", "--from", "2026-03-01", "--to", "2026-03-31", "--language", "en")
G7 = """单号,日期,出入库,货号,数量
D1,2026-02-28,入库,G7,500
D2,2026-03-05,入库,G7,300
D3,2026-03-12,出库,G7,420
D4,2026-03-20,入库,G7,200
D5,2026-03-25,出库,G7,130
"""
APRIL = datetime.fromisoformat("2026-04-02T10:00:00+08:00")
GOLDEN = {
    "both": ("17240", "413.76"),
    "day-end": ("16690", "400.56"),
    "day-start": ("16740", "401.76"),
    "peak": ("17240", "413.76"),
}


@pytest.fixture
def stock(cast: Cast, tmp_path: Path, app: PortalApp) -> Path:
    """Golden case G7 as a file in Chinese; nothing is posted yet."""
    warehouse("SH")
    goods(cast.harbour, "G7", m3="0.024", kg="12")
    db.session.commit()
    path = tmp_path / "movements.csv"
    path.write_text(G7, encoding="utf-8")
    return path


def run(app: PortalApp, *words: str) -> Result:
    return app.test_cli_runner().invoke(command, [*words])


def posted(app: PortalApp, path: Path, *more: str) -> Result:
    return run(
        app,
        "import",
        str(path),
        "--customer",
        "HARBOUR",
        "--warehouse",
        "SH",
        "--language",
        "en",
        *more,
    )


@pytest.fixture
def now() -> Iterator[datetime]:
    """After the whole month of the golden case."""
    with clock.frozen(APRIL):
        yield APRIL


def test_a_dry_run_saves_nothing(app: PortalApp, stock: Path) -> None:
    done = posted(app, stock, "--dry-run")
    assert (done.exit_code, "5 new" in done.output) == (0, True), done.output
    assert db.session.scalars(select(StockMovement.id)).all() == []


@pytest.mark.parametrize("rule", GOLDEN)
def test_the_golden_month_comes_out_under_each_way_of_counting(
    app: PortalApp, stock: Path, rule: str
) -> None:
    assert posted(app, stock).exit_code == 0
    pieces, volume = GOLDEN[rule]
    counted = run(app, "unit-days", *MARCH, "--unit", "pieces", "--rule", rule)
    assert counted.output.splitlines()[-1] == f"{pieces} piece·day"
    measured = run(app, "unit-days", *MARCH, "--unit", "m3", "--rule", rule)
    assert measured.output.splitlines()[-1] == f"{volume} m³·day"


def test_a_day_has_a_line_with_what_came_and_went(app: PortalApp, stock: Path) -> None:
    posted(app, stock)
    lines = run(app, "unit-days", *MARCH, "--csv").output.splitlines()
    assert lines[0] == "date,opening,in,out,closing,counted"
    assert lines[12] == "2026-03-12,19.2,0,10.08,9.12,19.2"
    assert (len(lines), lines[-1]) == (33, "total,,,,,413.76")


def test_without_a_customer_there_is_a_line_for_each(app: PortalApp, stock: Path) -> None:
    posted(app, stock)
    words = (
        "--from",
        "2026-03-01",
        "--to",
        "2026-03-31",
        "--unit",
        "kg",
        "--csv",
        "--language",
        "en",
    )
    assert run(app, "unit-days", *words).output.splitlines() == [
        "customer,kg·day",
        "HARBOUR,206880",
    ]


def test_in_and_out_on_one_day_counts_once_where_both_ends_count(
    app: PortalApp, stock: Path
) -> None:
    stock.write_text("ref,date,dir,sku,qty\n1,2026-03-10,IN,G7,100\n2,2026-03-10,OUT,G7,100\n")
    posted(app, stock)
    totals = [
        run(app, "unit-days", *MARCH, "--unit", "pieces", "--rule", rule).output.splitlines()[-1]
        for rule in ("both", "day-end", "day-start")
    ]
    assert totals == ["100 piece·day", "0 piece·day", "0 piece·day"]


def test_a_file_with_a_shortfall_ends_with_one_and_says_where(app: PortalApp, stock: Path) -> None:
    stock.write_text(G7.replace("420", "4200"), encoding="utf-8")
    done = posted(app, stock)
    assert done.exit_code == 1
    assert (
        "'4,200': enough in the lot: G7 would be short of 3,400 piece on 2026-03-12" in done.output
    )
    assert db.session.scalars(select(StockMovement.id)).all() == []


def test_every_wrong_cell_is_told_with_its_row_and_column(app: PortalApp, stock: Path) -> None:
    stock.write_text(
        "单号,客户,仓库,日期,类型,货号,件数\n"
        "1,NOBODY,SH,2026-03-01,入库,G7,1\n2,HARBOUR,XX,2026-03-01,入库,G7,1\n3,HARBOUR,SH,01/02/2026,入库,G7,1\n"
        "4,HARBOUR,SH,2026-03-01,送,G7,1\n5,HARBOUR,SH,2026-03-01,入库,G8,1\n5,HARBOUR,SH,2026-03-01,入库,G7,x\n"
        "7,HARBOUR,SH,2027-03-01,入库,G7,1\n",
        encoding="utf-8",
    )
    done = run(app, "import", str(stock), "--language", "en")
    told = [
        line.split(":")[0].split()[1:] for line in done.output.splitlines() if line[:5] == "error"
    ]
    assert told == [["2", "客户"], ["3", "仓库"], ["4", "日期"], ["5", "类型"], ["6", "货号"],
                    ["7", "件数"], ["7", "单号"], ["8", "日期"]]  # fmt: skip


def test_a_missing_column_is_named_in_both_languages(app: PortalApp, stock: Path) -> None:
    stock.write_text("单号,货号,数量\n1,G7,5\n", encoding="utf-8")
    done = posted(app, stock)
    assert done.exit_code == 1 and "a column date / 日期" in done.output


def test_books_that_were_tampered_with_are_told(app: PortalApp, stock: Path) -> None:
    posted(app, stock)
    assert run(app, "verify").output.splitlines()[-1] == "The books are right."
    db.session.execute(update(StockDay).where(StockDay.day == date(2026, 3, 12)).values(m3=1))
    db.session.commit()
    done = run(app, "verify")
    assert (done.exit_code, "2026-03-12: kept" in done.output) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ("unit-days", "--customer", "NOBODY", "--from", "2026-03-01", "--to", "2026-03-31"),
        ("unit-days", "--from", "2026-03-31", "--to", "2026-03-01"),
        ("unit-days", "--from", "2026-03-01", "--to", "2026-03-31", "--unit", "tons"),
        ("unit-days", "--from", "2026-03-01", "--to", "2026-03-31", "--rule", "noon"),
    ],
)
def test_wrong_calls_end_with_two(app: PortalApp, stock: Path, words: tuple[str, ...]) -> None:
    assert run(app, *words).exit_code == 2
