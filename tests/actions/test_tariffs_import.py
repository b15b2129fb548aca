"""Wrong sheets, work killed half-way, and sheets that nobody has heard of for a while: nothing is half-saved."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.catalogue.actions import imports, tariffs
from portal.catalogue.actions.reading import open_sheet, revived_problem
from portal.catalogue.models import Price, RateImport, ServiceItem, Tariff
from portal.catalogue.rules.sheets.profile import Profile
from portal.catalogue.rules.sheets.spellings import CATEGORIES
from portal.db.base import db
from portal.jobs.imports import work, work_all
from portal.kernel.errors import FileProblems, NotAllowedNow
from tests.factories import scheme
from tests.sheets import FIRST_DAY, applied, fcl, in_force, instance, received

pytestmark = pytest.mark.both_databases

HEAD = "起运港,目的港,20GP,40HQ,币种,船公司,生效日期,失效日期\n"
GOOD = "上海,纽约,2000,3850,USD,COSCO,2026-03-01,2026-03-31\n"
BANDS = "承运人,起运港,目的港,重量起,重量止,单价\n"


def saved() -> list[int]:
    """How many tariffs, prices and items there are."""
    counted = (select(func.count()).select_from(model) for model in (Tariff, Price, ServiceItem))
    return [db.session.scalar(each) or 0 for each in counted]


def suggested(body: bytes) -> Profile:
    """The layout that a person would confirm for these headers."""
    path = instance() / "tried.csv"
    path.write_bytes(body)
    return open_sheet(path, "tried.csv").suggested


def problems_of(body: str) -> list[tuple[int | None, str, str]]:
    """(row, column, found) of each error of a sheet, after which nothing is saved."""
    row = received(scheme("STD"), body.encode(), "rates.csv", NOW, suggested(body.encode()))
    assert row.state == "wrong" and saved() == [0, 0, 0]
    told = [revived_problem(each) for each in row.problems]
    return [(p.row, (p.column or "")[:1], p.found) for p in told if p.severity == "error"]


NOW = datetime.fromisoformat("2026-03-02T02:00:00+00:00")


@pytest.mark.parametrize(
    ("line", "row", "column", "found"),
    [
        ("上海,汉堡,abc,3850,USD,COSCO,2026-03-01,\n", 3, "C", "abc"),
        ("上海,汉堡,-5,3850,USD,COSCO,2026-03-01,\n", 3, "C", "-5"),
        ("上海,没有的港,2000,3850,USD,COSCO,2026-03-01,\n", 3, "B", "没有的港"),
        ("上海,汉堡,2000,3850,XYZ,COSCO,2026-03-01,\n", 3, "E", "XYZ"),
        ('上海,汉堡,2000,"72,5",USD,COSCO,2026-03-01,\n', 3, "D", "72,5"),
        ("上海,汉堡,2000,3850,USD,COSCO,2026-13-01,\n", 3, "G", "2026-13-01"),
        ("上海,汉堡,2000,USD,USD,COSCO,2026-03-01,\n", 3, "D", "USD"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column_and_nothing_is_saved(
    database: None, now: datetime, line: str, row: int, column: str, found: str
) -> None:
    assert problems_of(HEAD + GOOD + line) == [(row, column, found)]


def test_two_prices_for_one_day_name_both_rows(database: None, now: datetime) -> None:
    told = problems_of(HEAD + GOOD + GOOD.replace("3850", "3900"))
    assert {row for row, _, _ in told} == {3}


def test_overlapping_bands_are_refused(database: None, now: datetime) -> None:
    lines = "顺丰,上海,北京,0,10,5\n顺丰,上海,北京,5,20,4\n"
    body = BANDS + lines
    profile = suggested(body.encode())
    stated = profile.to_json()
    stated["constants"] |= {
        "category": "express",
        "charge_code": "EXPR",
        "unit": "KGM",
        "currency": "CNY",
    }
    row = received(scheme("STD"), body.encode(), "r.csv", now, Profile.from_json(stated))
    assert row.state == "wrong" and saved() == [0, 0, 0]


def test_a_sheet_without_rows_is_told(database: None, now: datetime) -> None:
    assert problems_of(HEAD) == [(2, "", "")]


def test_a_missing_column_is_told(database: None, now: datetime) -> None:
    profile = suggested((HEAD + GOOD).encode())
    body = (HEAD + GOOD).replace("20GP,", "").replace("2000,", "").encode()
    row = received(scheme("STD"), body, "rates.csv", now, profile)
    assert row.state == "wrong" and saved() == [0, 0, 0]
    assert "20GP" in str(revived_problem(row.problems[0]).expected)


def test_merged_cells_are_told_by_their_block(database: None, now: datetime) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (HEAD + GOOD + GOOD).strip().splitlines():
        sheet.append(line.split(","))
    sheet.merge_cells("A2:A3")
    out = io.BytesIO()
    book.save(out)
    row = received(scheme("STD"), out.getvalue(), "r.xlsx", now, suggested((HEAD + GOOD).encode()))
    assert row.state == "wrong" and "A2:A3" in [each["found"] for each in row.problems]


def bomb() -> bytes:
    """A small archive that unpacks to a gigabyte of nothing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(300):
                part.write(b"\x00" * 1_000_000)
    return out.getvalue()


def test_a_zip_bomb_is_refused_before_it_unpacks(database: None, now: datetime) -> None:
    with pytest.raises(FileProblems):
        imports.receive(scheme("STD"), bomb(), "b.xlsx", FIRST_DAY, SYSTEM, now, instance())


@pytest.fixture
def broken_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The power goes out after the first prices were written."""
    write = tariffs._write

    def half(tariff_id: int, rows: object, items: object) -> None:
        write(tariff_id, rows, items)  # type: ignore[arg-type]
        raise OSError("no more power")

    monkeypatch.setattr(tariffs, "_write", half)


def test_work_that_breaks_half_way_leaves_nothing_and_says_so(
    database: None, now: datetime, broken_writing: None
) -> None:
    body = (HEAD + GOOD).encode()
    row = received(scheme("STD"), body, "rates.csv", now, suggested(body))
    with pytest.raises(OSError, match="no more power"):
        applied(row)
    assert saved() == [0, 0, 0]
    assert db.session.get_one(RateImport, row.id, populate_existing=True).state == "failed"


def test_an_import_is_taken_by_one_worker_only(database: None, now: datetime) -> None:
    body = (HEAD + GOOD).encode()
    row = imports.receive(scheme("STD"), body, "r.csv", FIRST_DAY, SYSTEM, now, instance())
    imports.choose_profile(row, suggested(body), ("x",), SYSTEM, now)
    db.session.commit()
    assert imports.claim(row.id, now) == "read"
    assert imports.claim(row.id, now) is None


def test_a_worker_that_is_silent_for_two_minutes_is_given_up(database: None, now: datetime) -> None:
    body = (HEAD + GOOD).encode()
    row = imports.receive(scheme("STD"), body, "r.csv", FIRST_DAY, SYSTEM, now, instance())
    imports.choose_profile(row, suggested(body), ("x",), SYSTEM, now)
    imports.claim(row.id, now)
    db.session.refresh(row)
    with pytest.raises(NotAllowedNow):
        imports.start_again(row, now + timedelta(seconds=30))
    imports.start_again(row, now + timedelta(minutes=3))
    assert row.state == "waiting"


def test_the_regular_worker_takes_what_waits_and_leaves_what_nobody_mapped(
    database: None, now: datetime
) -> None:
    body, of = (HEAD + GOOD).encode(), scheme("STD")
    unmapped = imports.receive(of, body, "a.csv", FIRST_DAY, SYSTEM, now, instance())
    mapped = imports.receive(of, body, "b.csv", FIRST_DAY, SYSTEM, now, instance())
    imports.choose_profile(mapped, suggested(body), ("x",), SYSTEM, now)
    db.session.commit()
    assert work_all() == 1
    states = [db.session.get_one(RateImport, each.id).state for each in (unmapped, mapped)]
    assert states == ["waiting", "ready"]


def test_a_sheet_is_applied_once(database: None, now: datetime) -> None:
    body = (HEAD + GOOD).encode()
    row = received(scheme("STD"), body, "rates.csv", now, suggested(body))
    applied(row)
    assert work(row.id) is None
    assert saved()[0] == 1


OWN = "业务类别,费用代码,起运地,目的地,承运人,计费方式,计费单位,币种,单价\n"
TYPED = "sea,O/F,CNSHA,{to},{carrier},按单位,20GP,USD,1600\n"


def test_an_unknown_port_in_the_own_sheet_is_named_by_its_cell(database: None) -> None:
    told = problems_of(OWN + TYPED.format(to="USLAXX", carrier="COSCO"))
    assert told == [(2, "D", "USLAXX")]


def test_a_free_zone_in_the_own_sheet_is_kept_for_express(database: None) -> None:
    body = OWN + "快递,EXPR,CNSHA,江浙沪二区,SF,按单位,KGM,CNY,5\n"
    row = received(scheme("STD"), body.encode(), "own.csv", NOW)
    assert (row.state, row.problems) == ("ready", [])


def test_an_unknown_category_is_told_with_those_there_are(database: None) -> None:
    body = OWN + TYPED.format(to="USLAX", carrier="COSCO").replace("sea", "seaa")
    row = received(scheme("STD"), body.encode(), "own.csv", NOW)
    (told,) = map(revived_problem, row.problems)
    assert (told.column or "")[0] == "A" and set(CATEGORIES) <= set(
        re.findall(r"\w+", str(told.expected))
    )


def test_an_unknown_carrier_is_kept_and_told_once(database: None) -> None:
    lines = [TYPED.format(to=to, carrier="NOLINE") for to in ("USLAX", "USNYC")]
    row = received(scheme("STD"), (OWN + "".join(lines)).encode(), "own.csv", NOW)
    assert row.state == "ready" and row.counts["prices"] == 2
    assert [(p["row"], p["found"], p["severity"]) for p in row.problems] == [
        (2, "NOLINE", "warning")
    ]


def test_a_place_that_prices_already_have_comes_back_in(database: None) -> None:
    of = scheme("STD")
    in_force(of, [fcl("CNSHA", "PORT09", "20GP", "1600")], NOW)
    body = OWN + TYPED.format(to="PORT09", carrier="")
    row = received(of, body.encode(), "own.csv", NOW)
    assert (row.state, row.problems) == ("ready", [])


@pytest.mark.parametrize(
    ("left_out", "name"),
    [("单价", "Price (单价)"), ("币种", "Currency (币种)")],
)
def test_a_missing_column_is_one_problem_of_the_header(
    database: None, left_out: str, name: str
) -> None:
    table = [line.split(",") for line in (OWN + (TYPED * 3)).splitlines()]
    place = table[0].index(left_out)
    body = "\n".join(",".join(cell for n, cell in enumerate(row) if n != place) for row in table)
    row = received(scheme("STD"), body.format(to="USLAX", carrier="COSCO").encode(), "o.csv", NOW)
    told = [revived_problem(each) for each in row.problems]
    assert [(p.row, str(p.expected)) for p in told] == [(1, f"Column missing: {name}")]
    assert table[0][0] in told[0].found and left_out not in told[0].found
