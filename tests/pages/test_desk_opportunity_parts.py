"""What an opportunity consists of at the desk: units of its items, third parties, and who has a part in it."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

import pytest

from portal.access.permissions import Role
from portal.db.base import db
from portal.opportunities.actions import editing
from portal.opportunities.models import Opportunity
from portal.opportunities.rules.values import NewLine
from portal.quotations.actions import drafting
from portal.quotations.actions.from_opportunity import take_items
from portal.quotations.actions.grid import LineEdit, edit_lines
from tests.cast import Cast, staff, viewer
from tests.client import CheckingClient
from tests.offers import keep
from tests.opportunities import an_opportunity


@pytest.fixture
def row(cast: Cast, now: datetime) -> Opportunity:
    """An open one, kept."""
    found = an_opportunity(cast, now)
    db.session.commit()
    return found


def at(row: Opportunity, path: str = "") -> str:
    return f"/desk/opportunities/{row.id}{path}"


def fresh(row_id: int) -> Opportunity:
    db.session.rollback()
    return db.session.get_one(Opportunity, row_id)


def test_units_are_typed_and_read_as_words(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    units = ("pallet", "托盘", "h87", "CNTR", "XBX", "三班倒")
    form = {"version": str(row.version), "currency": "CNY"}
    for at_line, unit in enumerate(units):
        form |= {f"lines-{at_line}-name": f"第{at_line}项", f"lines-{at_line}-unit": unit}
    desk = client.sign_in(cast.sales)
    assert desk.post(at(row, "/items"), data=form).status_code == 303
    kept = [line.unit for line in fresh(row.id).lines]
    assert kept == ["XPX", "XPX", "H87", "CNTR", "XBX", "三班倒"]
    shown = desk.get(at(row)).text
    assert "Sum of the service items" not in shown  # none has a price yet
    assert "1 pallet</td>" in shown and "1 piece</td>" in shown and "XPX" not in shown
    sheet = desk.get(at(row, "/items")).text
    again = [re.search(rf'name="lines-{no}-unit"[^>]*value="([^"]*)"', sheet) for no in range(6)]
    assert [each and each[1] for each in again] == [
        "pallet",
        "pallet",
        "piece",
        "box",
        "XBX",
        "三班倒",
    ]


def test_a_third_partys_mail_address_is_one_and_what_was_typed_stays(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    form = {"role": "agent", "name": "中远代理", "email": "不是邮箱", "note": "上海口岸"}
    said = client.sign_in(cast.sales).post(at(row, "/parties"), data=form)
    assert said.status_code == 422
    assert "This is not a mail address." in said.text and "上海口岸" in said.text


def test_who_has_a_part_in_it_without_its_customer_meets_no_way_to_a_missing_page(
    cast: Cast, client: CheckingClient, row: Opportunity
) -> None:
    other = staff("Fang Ran", Role.SALES)
    keep(cast)
    other = db.session.merge(other)
    db.session.refresh(other)
    desk = client.sign_in(cast.sales)
    customer = f'href="/desk/customers/{row.customer_id}"'
    assert customer in desk.get(at(row)).text
    assert (
        desk.post(at(row, "/share"), data={"user_id": other.id, "currency": "CNY"}).status_code
        == 303
    )
    shown = client.sign_in(other).get(at(row)).text
    assert customer not in shown and "No contact yet" not in shown
    assert "The people there are shown to whoever looks after the customer." in shown


def test_an_item_without_a_price_keeps_its_quantity_and_unit_in_the_quotation(
    cast: Cast, row: Opportunity, now: datetime
) -> None:
    desk = viewer(cast.sales)
    wanted = [NewLine(name="贴标上架", quantity=Decimal(300), unit="XPX")]
    editing.set_lines(row, wanted, None, desk, now)
    version = drafting.latest_version(drafting.create(row.customer, "仓储", desk, now))
    take_items(version, row.id, desk, now)
    line = version.lines[0]
    assert (line.quantity, line.unit, line.is_on_request) == (Decimal(300), "XPX", True)
    priced = LineEdit(line.id, quantity=line.quantity, rate=Decimal("1.5"), reason="询价结果")
    edit_lines(version, [priced], desk, now)
    assert (line.quantity, line.unit, line.amount) == (Decimal(300), "XPX", Decimal(450))
