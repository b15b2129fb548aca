"""Files of milestones: read with every problem named, previewed, all or nothing, twice the same as once."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.cli import main
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.jobs.batches import work
from portal.kernel import clock
from portal.kernel.tables import write_xlsx
from portal.shipments.actions import shipments
from portal.shipments.models import Milestone, Shipment
from portal.shipments.rules.boxes import Box
from portal.usage.models import ImportBatch
from portal.web.flask_app import PortalApp
from tests.carriage import BOXES, D, boxes_entitled, confirmed, seen_as
from tests.cast import Cast
from tests.client import CheckingClient

HEAD = "业务单号,提单号,箱号,节点,地点,计划时间,实际时间,备注\n"


@pytest.fixture
def rows(cast: Cast, now: datetime) -> tuple[int, int]:
    """Two shipments: the first is named by number, bill of lading and box."""
    entitlement = boxes_entitled(cast, now, D(50))
    first, second = (confirmed(cast, now, entitlement, 1) for _ in range(2))
    desk = seen_as(cast.customer_service)
    facts = {name: getattr(first, name) for name in shipments.NAMES}
    shipments.change(
        first, shipments.ShipmentFacts(**{**facts, "bill_number": "HLCU77"}), desk, now
    )
    shipments.set_boxes(first, [Box(BOXES[0], "40HQ")], desk, now)
    db.session.commit()
    return first.id, second.id


def sent(client: CheckingClient, body: str | bytes, name: str = "节点.csv") -> ImportBatch:
    """The batch after its reading."""
    content = body.encode() if isinstance(body, str) else body
    data = {"file": (io.BytesIO(content), name)}
    answer = client.post(
        "/desk/shipments/milestones/import", data=data, content_type="multipart/form-data"
    )
    batch_id = int(answer.location.rsplit("/", 1)[-1])
    work(batch_id)
    return db.session.get_one(ImportBatch, batch_id, populate_existing=True)


def reached() -> dict[tuple[int, str], datetime]:
    found = db.session.scalars(select(Milestone).where(Milestone.actual_at.is_not(None)))
    return {(row.shipment_id, row.code): row.actual_at for row in found if row.actual_at}


def test_a_file_is_previewed_and_then_applied_as_a_whole(
    client: CheckingClient, cast: Cast, rows: tuple[int, int]
) -> None:
    client.sign_in(cast.customer_service)
    body = HEAD + (
        "SH-2026-000001,,,订舱确认,上海,,2026-03-01 09:30,\n"
        f",,{BOXES[0].lower()},empty picked up,,,2026-03-01 20:00,\n"
        "SH-2026-000002,,,Departed,,2026-03-20,,预计\n,hlcu77,,已离港,洋山,2026-03-14 06:00,,\n"
    )
    batch = sent(client, body)
    assert (batch.state, batch.counts["changes"], batch.counts["shipments"]) == ("ready", 4, 2)
    page = client.get(f"/desk/shipments/milestones/{batch.id}").text
    assert "Empty container picked up" in page and "2026-03-14 06:00" in page and reached() == {}
    client.post(f"/desk/shipments/milestones/{batch.id}/apply")
    work(batch.id)
    assert reached() == {
        (rows[0], "space_confirmed"): datetime.fromisoformat("2026-03-01T09:30+08:00"),
        (rows[0], "empty_picked_up"): datetime.fromisoformat("2026-03-01T20:00+08:00"),
    }
    departed = db.session.scalars(
        select(Milestone).where(Milestone.code == "departed", Milestone.shipment_id == rows[1])
    ).one()
    assert (departed.planned_at, departed.note) == (
        datetime.fromisoformat("2026-03-20T18:00+08:00"),
        "预计",
    )
    assert db.session.get_one(Shipment, rows[0]).state == "under_way"


def test_the_same_file_again_changes_nothing(
    client: CheckingClient, cast: Cast, rows: tuple[int, int]
) -> None:
    client.sign_in(cast.customer_service)
    body = HEAD + "SH-2026-000001,,,订舱确认,上海,,2026-03-01 09:30,早\n"
    first = sent(client, body)
    client.post(f"/desk/shipments/milestones/{first.id}/apply")
    work(first.id)
    second = sent(client, body)
    assert (second.counts["changes"], second.counts["same"]) == (0, 1)
    entries = db.session.query(AuditEntry).filter_by(event="shipment.milestone").count()
    page = client.get(f"/desk/shipments/milestones/{second.id}").text
    assert entries == 1 and "reported already" in page and "/apply" not in page


WRONG = (
    ("SH-2026-000009,,,已离港,,,2026-03-01,", "A · 业务单号"),
    (",,,已离港,,,2026-03-01,", "A · 业务单号"),
    ("SH-2026-000002,HLCU77,,已离港,,,2026-03-01,", "A · 业务单号"),
    ("SH-2026-000001,,,飞走了,,,2026-03-01,", "D · 节点"),
    ("SH-2026-000001,,,已离港,,,2026-03-09,", "G · 实际时间"),
    ("SH-2026-000001,,,已离港,,,2024-12-01,", "G · 实际时间"),
    ("SH-2026-000001,,,已离港,,2024-12-01,,", "F · 计划时间"),
    ("SH-2026-000001,,,已离港,,soon,,", "F · 计划时间"),
    ("SH-2026-000001,,,已离港,,03/04/2026,,", "F · 计划时间"),
    ("SH-2026-000001,,,已离港,,,,", "G · 实际时间"),
    (f"SH-2026-000001,,,已离港,{'x' * 81},,2026-03-01,", "E · 地点"),
)


@pytest.mark.one_database
@pytest.mark.parametrize(("line", "column"), WRONG)
def test_what_is_wrong_is_named_by_row_and_column_and_keeps_the_file_out(
    client: CheckingClient, cast: Cast, rows: tuple[int, int], line: str, column: str
) -> None:
    client.sign_in(cast.customer_service)
    batch = sent(client, f"{HEAD}SH-2026-000001,,,订舱确认,,,2026-03-01,\n{line}\n")
    told = [(p["row"], p["column"]) for p in batch.problems if p["severity"] == "error"]
    assert (batch.state, told) == ("wrong", [(3, column)])
    assert client.post(f"/desk/shipments/milestones/{batch.id}/apply").status_code == 409
    assert (
        column.split(" ")[0]
        in client.get(f"/desk/shipments/milestones/{batch.id}/problems.csv").text
    )
    assert reached() == {}


def test_the_names_that_are_read_are_told_on_the_page_and_in_the_error(
    client: CheckingClient, cast: Cast, rows: tuple[int, int]
) -> None:
    page = client.sign_in(cast.customer_service).get("/desk/shipments/milestones/import").text
    assert "已到达" in page and "Import cleared" in page
    batch = sent(client, f"{HEAD}SH-2026-000001,,,飞走了,,,2026-03-01,\n")
    page = client.get(f"/desk/shipments/milestones/{batch.id}").text
    assert "已到达 Arrived, 进口已放行 Import cleared" in page


def test_one_milestone_of_a_shipment_stands_in_a_file_once(
    client: CheckingClient, cast: Cast, rows: tuple[int, int]
) -> None:
    client.sign_in(cast.customer_service)
    batch = sent(
        client, f"{HEAD}SH-2026-000001,,,已离港,,,2026-03-01,\n,HLCU77,,departed,,,2026-03-02,\n"
    )
    assert batch.state == "wrong" and batch.problems[0]["row"] == 3


def test_an_odd_order_only_warns(client: CheckingClient, cast: Cast, rows: tuple[int, int]) -> None:
    client.sign_in(cast.customer_service)
    batch = sent(
        client,
        f"{HEAD}SH-2026-000001,,,已到港,,,2026-02-20,\nSH-2026-000001,,,已离港,,,2026-02-25,\n",
    )
    assert batch.state == "ready" and batch.counts["warnings"] == 2


def test_a_finished_shipment_takes_no_milestones_and_nothing_of_the_file_is_kept(
    client: CheckingClient, cast: Cast, now: datetime, rows: tuple[int, int]
) -> None:
    client.sign_in(cast.customer_service)
    body = (
        f"{HEAD}SH-2026-000001,,,订舱确认,,,2026-03-01,\nSH-2026-000002,,,订舱确认,,,2026-03-01,\n"
    )
    batch_id = sent(client, body).id
    client.post(f"/desk/shipments/milestones/{batch_id}/apply")
    second = db.session.get_one(Shipment, rows[1])
    shipments.cancel(second, "取消", seen_as(cast.customer_service), now)
    db.session.commit()
    work(batch_id)
    assert db.session.get_one(ImportBatch, batch_id, populate_existing=True).state == "wrong"
    assert reached() == {}


def test_excel_times_are_the_firms_clocks(
    client: CheckingClient, cast: Cast, rows: tuple[int, int]
) -> None:
    out = io.BytesIO()
    heads = ["Shipment", "Milestone", "Actual"]
    write_xlsx(out, heads, [["SH-2026-000001", "Space confirmed", "2026/03/01 08:05"]])
    client.sign_in(cast.customer_service)
    batch = sent(client, out.getvalue(), "m.xlsx")
    assert batch.state == "ready", batch.problems
    client.post(f"/desk/shipments/milestones/{batch.id}/apply")
    work(batch.id)
    assert list(reached().values()) == [datetime.fromisoformat("2026-03-01T08:05+08:00")]


def test_a_file_without_the_columns_is_refused_with_what_is_missing(
    client: CheckingClient, cast: Cast, rows: tuple[int, int]
) -> None:
    client.sign_in(cast.customer_service)
    batch = sent(client, "业务单号,地点\nSH-2026-000001,上海\n")
    assert batch.state == "wrong" and any("节点" in str(p["expected"]) for p in batch.problems)


def test_the_template_reads_back_as_a_file_without_rows(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.customer_service)
    body = client.get("/desk/shipments/milestones/import/template.xlsx").data
    batch = sent(client, body, "t.xlsx")
    assert batch.state == "wrong" and batch.problems[0]["row"] == 2


def test_files_are_for_those_who_run_shipments_and_usage_files_are_not_here(
    client: CheckingClient, cast: Cast, rows: tuple[int, int], now: datetime
) -> None:
    other = ImportBatch(kind="usage", file_name="x", sha256="0" * 64, created_at=now)
    db.session.add(other)
    db.session.commit()
    other_id = other.id
    assert client.sign_in(cast.auditor).get("/desk/shipments/milestones").status_code == 403
    client.sign_in(cast.customer_service)
    assert client.get(f"/desk/shipments/milestones/{other_id}").status_code == 404


def test_the_command_does_what_the_page_does(
    app: PortalApp, rows: tuple[int, int], now: datetime, tmp_path: Path
) -> None:
    file = tmp_path / "m.csv"
    file.write_text(HEAD + "SH-2026-000002,,,订舱确认,,,2026-03-01 10:00,\n", encoding="utf-8")
    runner = app.test_cli_runner()
    with clock.frozen(now):
        assert runner.invoke(main, ["milestones", "import", str(file), "--dry-run"]).exit_code == 0
        assert reached() == {}
        assert runner.invoke(main, ["milestones", "import", str(file)]).exit_code == 0
    assert list(reached()) == [(rows[1], "space_confirmed")]
