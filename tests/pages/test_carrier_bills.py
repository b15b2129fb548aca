"""Carriers' bills at the desk: who may, what is sent, what is shown, noted and settled."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.billing.actions import carrier_bills as actions
from portal.billing.actions.carrier_bill_comparing import Sheet, Terms
from portal.billing.models import CarrierBill, CarrierBillRow
from portal.billing.rules.carrier_bills import Tolerance
from portal.billing.views import desk_carrier_bills
from portal.db.base import db
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.client import CheckingClient
from tests.offers import keep

D = Decimal
BODY = (
    "日期,运单号,区域,计费重量,应付,增值服务\n2026-02-01,S1,上海,2,10,\n2026-02-01,S1,上海,2,3,保价\n"
    "2026-02-03,S2,北京,9,1234.50,\n2026-02-05,S3,=1+1,1,8,\n2026-02-06,S4,上海,1,9,\n2026-02-06,S4,上海,1,4,转寄退回\n"
)
OURS = "运单号,实际重量,客户\nS1,1.9,C05\nS2,2,C05\nS4,0,C05\nS9,1,C06\n"


@pytest.fixture
def bill_id(cast: Cast, now: datetime) -> int:
    """The id of a bill with one waybill of most findings."""
    sheets = Sheet(BODY.encode(), "sf.csv"), Sheet(OURS.encode(), "ours.csv")
    row = actions.read(*sheets, Terms("顺丰速运", Tolerance(D(3))), SYSTEM, now)
    bill_id = row.id
    keep(cast)
    return bill_id


def sent(client: CheckingClient, body: str = BODY, own: str | None = OURS, **more: str) -> Any:
    values: dict[str, Any] = {
        "carrier": "顺丰速运", "currency": "CNY", "records": "file", "tolerance_kg": "3", "tariff_id": "", **more,
    }  # fmt: skip
    values["bill"] = (io.BytesIO(body.encode()), "sf.csv")
    if own is not None:
        values["own"] = (io.BytesIO(own.encode()), "ours.csv")
    return client.post("/desk/carrier-bills/new", data=values)


def row_id(waybill: str) -> int:
    return db.session.scalars(
        select(CarrierBillRow.id).where(CarrierBillRow.waybill == waybill)
    ).one()


def count() -> int:
    return db.session.scalar(select(func.count(CarrierBill.id))) or 0


def test_two_files_become_findings_that_come_to_the_bill(
    client: CheckingClient, cast: Cast
) -> None:
    client.sign_in(cast.finance)
    assert "Compare a bill" in client.get("/desk/carrier-bills").text
    assert client.get("/desk/carrier-bills/new").status_code == 200
    answer = sent(client)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    for words in (
        "1,268.50",
        "1,261.50",
        "Only on the bill",
        "Weight differs",
        "Returned",
        "not weighed",
    ):
        assert words in page
    assert "顺丰速运" in client.get("/desk/carrier-bills?q=顺丰").text


@pytest.mark.parametrize(
    ("finding", "inside", "outside"),
    [("weight", "S2", "S1"), ("only_theirs", "S3", "S2"), ("only_ours", "S9", "S3"), ("returned", "S4", "S9")],
)  # fmt: skip
def test_each_finding_has_its_own_list(
    client: CheckingClient, cast: Cast, bill_id: int, finding: str, inside: str, outside: str
) -> None:
    page = client.sign_in(cast.finance).get(f"/desk/carrier-bills/{bill_id}/{finding}").text
    assert f">{inside}</a>" in page and f">{outside}</a>" not in page


def test_an_unknown_finding_is_no_page(client: CheckingClient, cast: Cast, bill_id: int) -> None:
    client.sign_in(cast.finance)
    assert client.get(f"/desk/carrier-bills/{bill_id}/nonsense").status_code == 404
    assert client.post(f"/desk/carrier-bills/{bill_id}/nonsense/note").status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=s2", {"S2"}), ("which=not_weighed", {"S4"}), ("which=insured", {"S1"}), ("q=C06", {"S9"}),
        ("which=noted", set()),
    ],
)  # fmt: skip
def test_waybills_are_found_by_words_and_marks(
    client: CheckingClient, cast: Cast, bill_id: int, asked: str, found: set[str]
) -> None:
    page = client.sign_in(cast.finance).get(f"/desk/carrier-bills/{bill_id}?{asked}").text
    assert {each for each in ("S1", "S2", "S3", "S4", "S9") if f">{each}</a>" in page} == found


def test_the_list_goes_out_with_its_totals_and_no_formula(
    client: CheckingClient, cast: Cast, bill_id: int
) -> None:
    client.sign_in(cast.finance)
    lines = client.get(f"/desk/carrier-bills/{bill_id}?export=csv").text.splitlines()
    head, last = lines[0].lstrip("\ufeff").split(","), lines[-1].split(",")
    assert (last[0], D(last[head.index("Total")])) == ("Total of 5 rows", D("1268.50"))
    assert any("'=1+1" in line for line in lines)
    assert client.get(f"/desk/carrier-bills/{bill_id}/weight?export=xlsx").data[:2] == b"PK"


def test_the_same_bill_again_leads_to_the_first(
    client: CheckingClient, cast: Cast, bill_id: int
) -> None:
    answer = sent(client.sign_in(cast.finance))
    assert answer.status_code == 422 and count() == 1
    assert (
        f'href="/desk/carrier-bills/{bill_id}"' in answer.text and "was read before" in answer.text
    )


def test_wrong_cells_are_told_by_file_row_and_column(client: CheckingClient, cast: Cast) -> None:
    answer = sent(client.sign_in(cast.finance), own="运单号,实重\nS1,heavy\n")
    assert answer.status_code == 422 and count() == 0
    assert "ours.csv · B · 实重" in answer.text and "heavy" in answer.text


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"tolerance_kg": "0"}, "never agree to the gram"), ({"tolerance_kg": ""}, "nothing is known of this carrier"),
        ({"carrier": " "}, "at most 60 characters"), ({"tariff_id": "999"}, "Not a valid choice"),
        ({"starts_on": "2026-02-09", "ends_on": "2026-02-01"}, "before the first"),
    ],
)  # fmt: skip
def test_a_wrong_field_says_so_and_keeps_nothing(
    client: CheckingClient, cast: Cast, more: dict[str, str], told: str
) -> None:
    answer = sent(client.sign_in(cast.finance), **more)
    assert answer.status_code == 422 and told in answer.text and count() == 0


@pytest.mark.parametrize("body", ["", "%PDF-1.7 no table", "<html></html>", "nothing\nknown\n"])
def test_what_is_no_bill_is_refused(client: CheckingClient, cast: Cast, body: str) -> None:
    assert sent(client.sign_in(cast.finance), body).status_code == 422
    assert count() == 0


def test_a_file_of_ours_that_was_forgotten_is_asked_for(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.finance)
    assert "Choose a file" in sent(client, own=None).text
    assert sent(client, own=None, records="usage").status_code == 303


def test_a_waybill_shows_both_sides_and_takes_a_note(
    client: CheckingClient, cast: Cast, bill_id: int
) -> None:
    url = f"/desk/carrier-bills/{bill_id}/waybills/{row_id('S2')}"
    page = client.sign_in(cast.finance).get(url).text
    for words in ("S2", "1,234.50", "+7", "Weight differs"):
        assert words in page
    assert client.post(url, data={"note": "体积重，认可"}).status_code == 303
    assert "体积重，认可" in client.get(f"/desk/carrier-bills/{bill_id}/weight").text
    assert (
        client.get(f"/desk/carrier-bills/{bill_id + 1}/waybills/{row_id('S2')}").status_code == 404
    )


def test_one_note_for_all_of_a_finding(client: CheckingClient, cast: Cast, bill_id: int) -> None:
    url = f"/desk/carrier-bills/{bill_id}/only_theirs"
    client.sign_in(cast.finance).post(f"{url}/note", data={"reason": "asked the carrier"})
    assert "asked the carrier" in client.get(url).text
    assert db.session.get_one(CarrierBillRow, row_id("S2")).settled_note == ""


def test_a_bill_is_settled_with_a_reason_and_then_stands(
    client: CheckingClient, cast: Cast, bill_id: int
) -> None:
    url = f"/desk/carrier-bills/{bill_id}"
    client.sign_in(cast.finance_manager)
    client.post(f"{url}/settle?seen=1", data={"reason": ""})
    assert db.session.get_one(CarrierBill, bill_id).settled_at is None
    client.post(f"{url}/settle?seen=1", data={"reason": "Credit note 17"})
    page = client.get(url).text
    assert "Credit note 17" in page and "/settle" not in page
    client.post(f"{url}/discard?seen=2", data={"reason": "gone"})
    assert count() == 1


def test_who_looked_at_an_older_state_settles_nothing(
    client: CheckingClient, cast: Cast, bill_id: int
) -> None:
    url = f"/desk/carrier-bills/{bill_id}/settle?seen=7"
    client.sign_in(cast.finance).post(url, data={"reason": "x"})
    assert db.session.get_one(CarrierBill, bill_id).settled_at is None


def test_a_discarded_comparison_leaves_room_for_the_same_bill(
    client: CheckingClient, cast: Cast, bill_id: int
) -> None:
    url = f"/desk/carrier-bills/{bill_id}"
    answer = client.sign_in(cast.finance).post(
        f"{url}/discard?seen=1", data={"reason": "wrong file"}
    )
    assert answer.location == "/desk/carrier-bills"
    assert client.get(url).status_code == 404
    assert sent(client).status_code == 303


def addresses(app: PortalApp, bill_id: int) -> list[tuple[str, str]]:
    """(method, address) of everything about carriers' bills."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/desk/carrier-bills"):
            url = rule.rule.replace("<int:bill_id>", str(bill_id)).replace(
                "<int:row_id>", str(row_id("S2"))
            )
            url = url.replace("<string:finding>", "weight")
            found += [(method, url) for method in ("GET", "POST") if method in (rule.methods or ())]
    return found


@pytest.mark.parametrize(
    "who", ["sales", "sales_manager", "customer_service", "keeper", "catalogue_manager", "auditor"]
)
def test_only_those_who_compare_bills_see_them(
    app: PortalApp, client: CheckingClient, cast: Cast, bill_id: int, who: str
) -> None:
    tried = addresses(app, bill_id)
    client.sign_in(getattr(cast, who))
    for method, url in tried:
        assert client.open(url, method=method).status_code == 403, (method, url)
    assert len(tried) >= 9


@pytest.mark.parametrize("who", ["lin", "clerk", "erik"])
def test_no_customer_reaches_what_carriers_charge_us(
    app: PortalApp, client: CheckingClient, cast: Cast, bill_id: int, who: str
) -> None:
    tried = addresses(app, bill_id)
    client.sign_in(getattr(cast, who))
    for method, url in tried:
        answer = client.open(url, method=method)
        assert answer.status_code == 404 and "顺丰" not in answer.text, (method, url)


def test_the_menu_leads_only_those_there(client: CheckingClient, cast: Cast) -> None:
    link = 'href="/desk/carrier-bills"'
    assert link in client.sign_in(cast.finance).get("/desk/carrier-bills").text
    assert link not in client.sign_in(cast.sales).get("/desk/quotations").text


def test_a_page_of_waybills_asks_the_database_a_fixed_number_of_times(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    many = "运单号,日期,应付,计费重量\n" + "".join(f"M{n},2026-02-01,8.00,1\n" for n in range(300))
    sheets = Sheet(many.encode(), "many.csv"), Sheet(OURS.encode(), "ours.csv")
    row = actions.read(*sheets, Terms("SF", Tolerance(D(3))), SYSTEM, now)
    bill_id = row.id
    keep(cast)
    client.sign_in(cast.finance).get(f"/desk/carrier-bills/{bill_id}")
    assert len(client.queries) <= 12


def test_a_bill_too_long_for_the_page_is_sent_to_the_command_line(
    client: CheckingClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_carrier_bills, "MOST_LINES", 2)
    client.sign_in(cast.finance)
    assert "At most 2 lines here" in client.get("/desk/carrier-bills/new").text
    answer = sent(client)
    assert answer.status_code == 422 and "use the command line for more" in answer.text
    assert db.session.scalars(select(CarrierBill)).all() == []
