"""The desk's stock: overview, report, posting, reversal, goods, months, files."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.permissions import Role
from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.catalogue.rules.storage import DayCount, Method, StoragePolicy
from portal.db.base import db
from portal.jobs.batches import work
from portal.kernel.tables import open_table
from portal.usage.models import ImportBatch
from portal.warehouse.actions import posting
from portal.warehouse.models import StockItem, StockLot, StockMovement, StockPeriod, Warehouse
from portal.warehouse.rules.facts import MovementFact
from portal.warehouse.rules.unit_days import MovementKind
from portal.web.flask_app import PortalApp
from tests.cast import Cast, staff
from tests.chain import contract_line, handling, signed_contract
from tests.client import CheckingClient
from tests.stock import goods, warehouse

D = Decimal
FEBRUARY = "from=2026-02-01&to=2026-02-28"


@pytest.fixture
def keeper(cast: Cast) -> User:
    user = staff("Keeper", Role.WAREHOUSE)
    db.session.commit()
    db.session.refresh(user)
    return user


@pytest.fixture
def stock(cast: Cast, keeper: User, now: datetime) -> dict[str, Any]:
    """Harbour's lot L1: 100 pieces of 0.5 m³ in on 2 February, 40 out on the 10th; one of no known size."""
    place = warehouse("SH")
    goods(cast.harbour, "A", m3="0.5", kg="100")
    goods(cast.harbour, "B", m3=None, kg="2")
    rows = []
    for kind, day, pieces, sku in (("in", 2, 100, "A"), ("out", 10, 40, "A"), ("in", 5, 7, "B")):
        fact = MovementFact(
            cast.harbour.id, place.id, MovementKind(kind), date(2026, 2, day), "test", f"D{day}",
            lot="L1", sku=sku, pieces=D(pieces),
        )  # fmt: skip
        rows.append(posting.post(fact, SYSTEM, now).movement)
    found = {
        "customer": cast.harbour.id,
        "place": place.id,
        "movement": rows[0].id,
        "lot": rows[0].lot_id,
        "item": db.session.scalars(select(StockItem.id).where(StockItem.sku == "A")).one(),
    }
    db.session.commit()
    return found


def movement(**more: Any) -> dict[str, Any]:
    return {"kind": "in", "moved_on": "2026-02-20", "sku": "A", "lot": "L1", "pieces": "10", **more}


def test_the_overview_says_who_has_what_today(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    page = client.sign_in(keeper).get("/desk/stock").text
    assert "Harbour Foods Ltd." in page and "Nordwind" not in page
    assert ">67<" in page and ">30<" in page and ">6,014<" in page and "2026-02-10" in page
    assert len(client.queries) <= 8


def test_the_overview_of_one_warehouse_holds_what_lies_there(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    client.sign_in(keeper)
    assert "Harbour" in client.get(f"/desk/stock?warehouse={stock['place']}").text
    assert "Nothing fits" in client.get(f"/desk/stock?warehouse={stock['place'] + 1}").text


@pytest.mark.parametrize(
    ("count", "total"), [("both", "990"), ("day_end", "970"), ("day_start", "940"), ("peak", "990")]
)
def test_the_report_counts_days_in_each_way(
    client: CheckingClient, keeper: User, stock: dict[str, Any], count: str, total: str
) -> None:
    client.sign_in(keeper)
    page = client.get(
        f"/desk/stock/customers/{stock['customer']}?{FEBRUARY}&unit=MTQ&count={count}"
    ).text
    assert f'stat-value">{total}<' in page.replace(",", "")


def test_the_report_is_read_with_few_questions(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    client.sign_in(keeper).get(
        f"/desk/stock/customers/{stock['customer']}?from=2025-03-03&to=2026-03-02"
    )
    assert len(client.queries) <= 12


def test_the_file_of_the_report_says_what_the_page_says(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    url = f"/desk/stock/customers/{stock['customer']}?{FEBRUARY}&unit=MTQ&count=both&export="
    client.sign_in(keeper)
    lines = client.get(url + "csv").text.splitlines()
    assert lines[10].split(",") == [
        "2026-02-10",
        "50.00",
        "0",
        "20.00",
        "30.00",
        "50.00",
    ]
    rows = [row for _, row in open_table(client.get(url + "xlsx").data, "stock.xlsx").rows()]
    assert (len(rows), rows[10][1:], rows[-1][5]) == (30, [50, 0, 20, 30, 50], 990)


def test_goods_that_nobody_measured_are_named_beside_the_figures(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    client.sign_in(keeper)
    url = f"/desk/stock/customers/{stock['customer']}?{FEBRUARY}"
    assert "1 lots hold pieces that nobody has measured" in client.get(f"{url}&unit=MTQ").text
    assert "nobody has measured" not in client.get(f"{url}&unit=KGM").text


@pytest.mark.parametrize(
    "asked", ["from=2026-02-10&to=2026-02-01", "from=2020-01-01&to=2026-01-01", "from=x"]
)
def test_a_period_that_makes_no_sense_is_told_at_its_field(
    client: CheckingClient, keeper: User, stock: dict[str, Any], asked: str
) -> None:
    answer = client.sign_in(keeper).get(f"/desk/stock/customers/{stock['customer']}?{asked}")
    assert answer.status_code == 422


def test_the_contract_says_what_counts_and_is_one_click_away(
    client: CheckingClient, cast: Cast, stock: dict[str, Any]
) -> None:
    policy = StoragePolicy(Method.DAILY, "KGM", "CNY", rate=D("0.02"), day_count=DayCount.DAY_END)
    contract = signed_contract(cast)
    contract_line(contract, handling(), None, storage_policy=policy.to_json())
    db.session.commit()
    number = contract.number
    page = client.sign_in(cast.sales_manager).get(f"/desk/stock/customers/{stock['customer']}").text
    assert "the stock at the end of the day counts" in page and f">{number}<" in page
    assert 'value="KGM" selected' in page.replace('selected value="KGM"', 'value="KGM" selected')


def test_a_keeper_who_may_not_read_contracts_reads_no_price(
    client: CheckingClient, cast: Cast, keeper: User, stock: dict[str, Any]
) -> None:
    policy = StoragePolicy(Method.DAILY, "MTQ", "CNY", rate=D("0.8731"))
    contract_line(signed_contract(cast), handling(), None, storage_policy=policy.to_json())
    db.session.commit()
    page = client.sign_in(keeper).get(f"/desk/stock/customers/{stock['customer']}").text
    assert "0.8731" not in page


def test_a_movement_is_posted_from_its_form(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    url = f"/desk/stock/customers/{stock['customer']}/movements/new"
    assert "Post a movement" in client.sign_in(keeper).get(url).text
    sent = movement(warehouse_id=stock["place"], reference="RK-1")
    shown = client.post(url, data=sent, follow_redirects=True).text
    assert "Posted." in shown and ">5<" in shown.replace("\n", "")
    again = client.post(url, data=sent, follow_redirects=True).text
    assert "taken already" in again
    assert db.session.scalar(select(StockLot.pieces).where(StockLot.id == stock["lot"])) == 70


def test_a_shortfall_is_told_at_the_pieces_with_day_and_lot(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    url = f"/desk/stock/customers/{stock['customer']}/movements/new"
    answer = client.sign_in(keeper).post(
        url, data=movement(warehouse_id=stock["place"], kind="out", pieces="61")
    )
    assert answer.status_code == 422
    assert (
        "Lot L1 · A would be short of 1 piece on 2026-02-20; at most 60 can go out." in answer.text
    )
    assert 'value="61"' in answer.text


def test_goods_without_a_size_are_posted_with_a_warning(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    url = f"/desk/stock/customers/{stock['customer']}/movements/new"
    sent = movement(warehouse_id=stock["place"], sku="B")
    shown = client.sign_in(keeper).post(url, data=sent, follow_redirects=True).text
    assert "nothing was counted in m³" in shown


def test_a_movement_is_reversed_with_a_reason_and_both_say_so(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    client.sign_in(keeper)
    newest = db.session.scalars(
        select(StockMovement.id).where(StockMovement.reference == "D10")
    ).one()
    url = f"/desk/stock/movements/{newest}"
    refused = client.post(f"{url}/reverse", data={"reason": " "}, follow_redirects=True).text
    assert "Give the reason." in refused
    shown = client.post(
        f"{url}/reverse", data={"reason": "typed twice"}, follow_redirects=True
    ).text
    assert "Puts right D10" in shown and "typed twice" in shown
    assert "Reversed on" in client.get(url).text
    assert "Reverse</summary>" not in client.get(url).text
    listed = client.get(f"/desk/stock/customers/{stock['customer']}/movements?kind=reversal").text
    assert "1 in all" in listed


def test_lots_are_listed_with_their_age_and_a_lot_shows_its_layers(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    client.sign_in(keeper)
    page = client.get(f"/desk/stock/customers/{stock['customer']}/lots?holding=held").text
    assert "L1" in page and ">29<" in page.replace(" nowrap", "")
    lot = client.get(f"/desk/stock/lots/{stock['lot']}").text
    assert "Still here" in lot and ">60<" in lot and "D10" in lot


def test_goods_are_added_measured_in_cm3_and_asked_about(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    client.sign_in(keeper)
    url = f"/desk/stock/customers/{stock['customer']}/goods/new"
    shown = client.post(url, data={"sku": "C", "active": "y"}, follow_redirects=True).text
    assert "Now say what one piece measures" in shown
    item_id = db.session.scalars(select(StockItem.id).where(StockItem.sku == "C")).one()
    size = {"from_on": "2026-02-01", "unit_m3": "938.5", "unit_kg": "0.28"}
    asked = client.post(
        f"/desk/stock/goods/{item_id}/sizes",
        data={**size, "volume_unit": "m3"},
        follow_redirects=True,
    )
    assert "is it in cm³?" in asked.text
    right = client.post(
        f"/desk/stock/goods/{item_id}/sizes",
        data={**size, "volume_unit": "cm3"},
        follow_redirects=True,
    )
    assert (
        "Please look again" not in right.text
        and ">938.5<" in right.text
        and "0.0009385" in right.text
    )


def test_a_sku_is_taken_once_for_a_customer(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    url = f"/desk/stock/customers/{stock['customer']}/goods/new"
    answer = client.sign_in(keeper).post(url, data={"sku": "A", "active": "y"})
    assert answer.status_code == 422 and "already" in answer.text


def test_a_month_is_closed_and_opened_again_by_those_who_may(
    client: CheckingClient, cast: Cast, keeper: User, stock: dict[str, Any]
) -> None:
    url = f"/desk/warehouses/{stock['place']}"
    assert client.sign_in(keeper).post(f"{url}/close", data={"month": "2026-02"}).status_code == 403
    client.sign_in(cast.finance)
    assert "2026-03" not in client.get(url).text.replace("2026-03-02", "")
    assert (
        "2026-02 is closed."
        in client.post(f"{url}/close", data={"month": "2026-02"}, follow_redirects=True).text
    )
    assert client.post(f"{url}/reopen", data={"reason": ""}).status_code == 422
    opened = client.post(
        f"{url}/reopen", data={"reason": "a paper was forgotten"}, follow_redirects=True
    ).text
    assert "2026-02 is open again." in opened and "Month reopened" not in opened
    assert db.session.scalars(select(StockPeriod)).all() == []


def test_a_late_paper_says_on_which_day_it_counts(
    client: CheckingClient, cast: Cast, keeper: User, stock: dict[str, Any]
) -> None:
    client.sign_in(cast.finance).post(
        f"/desk/warehouses/{stock['place']}/close", data={"month": "2026-02"}
    )
    url = f"/desk/stock/customers/{stock['customer']}/movements/new"
    shown = (
        client.sign_in(keeper)
        .post(url, data=movement(warehouse_id=stock["place"]), follow_redirects=True)
        .text
    )
    assert "it counts on 2026-03-01" in shown and "Late paper" in shown


def test_warehouses_are_added_and_changed(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.administrator)
    facts = {"code": "nb-1", "name_zh": "宁波一号仓", "name_en": "Ningbo 1", "active": "y"}
    assert "NB-1" in client.post("/desk/warehouses/new", data=facts, follow_redirects=True).text
    assert client.post("/desk/warehouses/new", data=facts).status_code == 422
    row_id = db.session.scalars(select(Warehouse.id)).one()
    changed = client.post(
        f"/desk/warehouses/{row_id}/edit",
        data={**facts, "name_en": "Beilun"},
        follow_redirects=True,
    )
    assert "Beilun" in changed.text


def test_the_later_of_two_editors_is_told(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.administrator)
    facts = {"code": "SH", "name_zh": "上海仓", "name_en": "First", "active": "y"}
    client.post("/desk/warehouses/new", data=facts)
    url = f"/desk/warehouses/{db.session.scalars(select(Warehouse.id)).one()}/edit"
    client.post(url, data={**facts, "name_en": "Second", "version": "1"})
    late = client.post(url, data={**facts, "name_en": "Third", "version": "1"})
    assert (late.status_code, "saved this record while" in late.text) == (409, True)


def sent(client: CheckingClient, body: str, **more: Any) -> int:
    file = (io.BytesIO(body.encode()), "moves.csv")
    answer = client.post(
        "/desk/stock/files/new",
        data={"kind": "movements", "file": file, **more},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def test_a_file_is_checked_shown_and_posted_as_a_whole(
    app: PortalApp, client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    client.sign_in(keeper)
    body = "单号,日期,出入库,批次,货号,数量\nF1,2026-02-21,入库,L1,A,5\nF2,2026-02-22,出库,L1,A,3\n"
    batch_id = sent(client, body, customer="harbour", warehouse_id=stock["place"])
    assert "Look again" in client.get(f"/desk/stock/files/{batch_id}").text
    work(batch_id)
    checked = client.get(f"/desk/stock/files/{batch_id}").text
    assert "Post all of it" in checked and "2026-02-22" in checked
    client.post(f"/desk/stock/files/{batch_id}/apply")
    work(batch_id)
    assert "All of it is posted." in client.get(f"/desk/stock/files/{batch_id}").text
    assert "moves.csv" in client.get("/desk/stock/files").text
    assert db.session.scalar(select(StockLot.pieces).where(StockLot.id == stock["lot"])) == 62


def test_a_wrong_file_names_row_and_column_and_is_put_aside(
    app: PortalApp, client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    client.sign_in(keeper)
    body = "customer,warehouse,date,dir,sku,qty\nHARBOUR,SH,2026-02-21,OUT,A,5\nHARBOUR,SH,2026-02-30,IN,A,5\n"
    batch_id = sent(client, body, warehouse_id=0)
    work(batch_id)
    page = client.get(f"/desk/stock/files/{batch_id}").text
    assert "Has mistakes" in page and "2026-02-30" in page and "Post all of it" not in page
    assert client.post(f"/desk/stock/files/{batch_id}/apply").status_code == 409
    assert "2026-02-30" in client.get(f"/desk/stock/files/{batch_id}/problems.csv").text
    client.post(f"/desk/stock/files/{batch_id}/discard")
    assert db.session.get_one(ImportBatch, batch_id).state == "discarded"


def test_those_who_only_look_post_nothing(
    client: CheckingClient, cast: Cast, stock: dict[str, Any]
) -> None:
    client.sign_in(cast.sales)
    assert "Post a movement" not in client.get(f"/desk/stock/customers/{stock['customer']}").text
    url = f"/desk/stock/customers/{stock['customer']}/movements/new"
    assert client.post(url, data=movement(warehouse_id=stock["place"])).status_code == 403


def sent_movement(client: CheckingClient, stock: dict[str, Any], **more: Any) -> Any:
    url = f"/desk/stock/customers/{stock['customer']}/movements/new"
    return client.post(url, data=movement(warehouse_id=stock["place"], **more))


def test_an_unusual_density_is_posted_only_when_confirmed(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    strange = {"m3": "2", "kg": "90000", "note": "kept"}
    asked = sent_movement(client.sign_in(keeper), stock, **strange)
    assert asked.status_code == 422 and "45000.0 kg/m³" in asked.text and "kept" in asked.text
    assert sent_movement(client, stock, confirmed="y", **strange).status_code == 303


@pytest.mark.parametrize(
    ("more", "said"),
    [({"pieces": "1.5"}, "Pieces are whole"), ({"moved_on": "2024-02-01"}, "2024-02-02"),
     ({"moved_on": "0202-02-20"}, "2024-02-02")],
)  # fmt: skip
def test_pieces_are_whole_and_a_day_is_not_long_ago(
    client: CheckingClient, keeper: User, stock: dict[str, Any], more: dict[str, str], said: str
) -> None:
    answer = sent_movement(client.sign_in(keeper), stock, **more)
    assert answer.status_code == 422 and said in answer.text


def test_two_years_before_the_first_movement_is_taken(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    answer = sent_movement(client.sign_in(keeper), stock, moved_on="2024-02-02")
    assert answer.status_code == 303


def test_a_reason_longer_than_its_room_is_refused(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    url = f"/desk/stock/movements/{stock['movement']}"
    client.sign_in(keeper).post(f"{url}/reverse", data={"reason": "x" * 301})
    assert "at most 300 characters" in client.get(url).text
    assert db.session.query(StockMovement).filter_by(source="reversal").count() == 0


def test_a_reversal_is_listed_by_the_paper_that_it_puts_right(
    client: CheckingClient, cast: Cast, keeper: User, stock: dict[str, Any]
) -> None:
    last = db.session.scalar(select(StockMovement.id).where(StockMovement.reference == "D5"))
    client.sign_in(keeper)
    shown = client.post(f"/desk/stock/movements/{last}/reverse", data={"reason": "twice"}).location
    for url in (shown, "/desk/stock/movements"):
        assert "Reversal of D5" in client.get(url).text
    assert "Reversal of D5" in client.sign_in(cast.lin).get("/my/stock/movements").text


MOVES = "day,kind,customer,warehouse,lot,sku,pieces"


def read_file(client: CheckingClient, body: str, **more: Any) -> str:
    number = sent(client, body, **{"warehouse_id": "0", **more})
    work(number)
    return client.get(f"/desk/stock/files/{number}").text


def test_a_file_without_rows_is_refused(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    client.sign_in(keeper)
    for kind, heads in (("movements", MOVES), ("stock_items", "customer,sku")):
        page = read_file(client, f"{heads}\n", kind=kind)
        assert "at least one row below the header" in page and "Post all of it" not in page


def test_a_file_is_held_to_the_same_days_and_whole_pieces(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    rows = "0202-02-01,in,HARBOUR,SH,L1,A,1\n2026-02-01,in,HARBOUR,SH,L1,A,1.5\n"
    page = read_file(client.sign_in(keeper), f"{MOVES}\n{rows}")
    assert "at the earliest 2024-02-02" in page and "Pieces are whole" in page


def test_a_missing_column_is_named_in_words(
    client: CheckingClient, keeper: User, stock: dict[str, Any]
) -> None:
    page = read_file(client.sign_in(keeper), f"{MOVES}\n2026-02-01,adjust,HARBOUR,SH,L1,A,1\n")
    assert ">Reason<" in page and ">reason<" not in page
    assert "reason (an adjustment needs one)" in client.get("/desk/stock/files/new").text
