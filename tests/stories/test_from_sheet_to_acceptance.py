"""The main job, whole: a sheet becomes prices, a lane becomes a quotation, a paper is printed, a customer accepts it.

Every step is a page that a person would open; the paper comes from the real press.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from portal.catalogue.models import Price, PriceScheme, RateImport
from portal.customers.models import Contact
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.documents import render
from portal.documents.models import Document
from portal.jobs.imports import work
from portal.kernel.pinyin import search_words
from tests.cast import Cast
from tests.client import CheckingClient
from tests.factories import add, exchange, flat, item, per_unit, scheme, surcharge, tax_rates
from tests.offers import firm, keep

SHEET = """起运港,目的港,20GP,40GP,40HQ,币种,船公司
上海,纽约,2000,3700,3850,USD,COSCO
宁波,洛杉矶,1800,3300,3500,USD,MSC
"""
BOXES = "2x20GP 3x40GP 1x40HQ"
MAPPING = {
    "name": "整箱表", "layout": "box_columns", "category": "sea", "load": "fcl", "charge_code": "O/F",
    "places": "known", "repeats": "refuse", "bound": "over",
    **{f"columns-{at}-{part}": value for at, column in enumerate((
        ("起运港", "origin", ""), ("目的港", "destination", ""), ("20GP", "box", "20GP"), ("40GP", "box", "40GP"),
        ("40HQ", "box", "40HQ"), ("币种", "currency", ""), ("船公司", "carrier", ""),
    )) for part, value in zip(("header", "meaning", "detail"), column, strict=True)},
}  # fmt: skip


@pytest.fixture
def house(client: CheckingClient, cast: Cast, now: datetime) -> Iterator[CheckingClient]:
    """A firm with a scheme, its surcharges and a rate of exchange, and a customer with a contact."""
    tax_rates()
    exchange("USD", "7.1260", date(2026, 3, 2))
    scheme("STD", name_zh="公开价", name_en="Published")
    own = {"tax_class": "service_6", "section": "origin"}
    surcharge(item("BAF", "燃油附加费", unit="TEU"), per_unit("TEU", "USD", "150"))
    surcharge(item("AMS", "舱单申报费", unit="BL"), flat("USD", "35"))
    surcharge(item("THC", "码头操作费", unit="20FT", **own), per_unit("20FT", "CNY", "586"))
    surcharge(item("THC", "码头操作费", unit="40FT", **own), per_unit("40FT", "CNY", "886"))
    surcharge(item("DOC", "文件费", unit="BL", **own), flat("CNY", "450"))
    surcharge(item("SEAL", "铅封费", unit="CNTR", **own), per_unit("CNTR", "CNY", "50"))
    firm()
    harbour = db.session.merge(cast.harbour)
    harbour.search_text = search_words(harbour.name_zh, harbour.name_en)
    add(Contact(customer_id=harbour.id, name="林晓雯", email="lin@harbour.example", is_main=True))
    keep(cast)
    yield client
    render.press().stop()


def load_the_sheet(house: CheckingClient) -> None:
    """Sent, mapped once, checked, applied, put in force."""
    fields = {"scheme_id": db.session.scalar(select(PriceScheme.id)), "valid_from": "2026-03-01",
              "file": (io.BytesIO(SHEET.encode()), "三月运价.csv")}  # fmt: skip
    sent = house.post("/desk/tariffs/import", data=fields)
    import_id = int(sent.headers["Location"].split("/")[4])
    base = f"/desk/tariffs/imports/{import_id}"
    assert house.post(f"{base}/mapping", data=MAPPING).status_code == 302
    work(import_id)
    assert "Ready to apply" in house.get(base).text
    house.post(f"{base}/apply", data={"valid_from": "2026-03-01"})
    work(import_id)
    tariff_id = db.session.get_one(RateImport, import_id, populate_existing=True).tariff_id
    house.post(f"/desk/tariffs/{tariff_id}/activate")
    assert "Active" in house.get(f"/desk/tariffs/{tariff_id}").text


def quote_the_lane(house: CheckingClient) -> str:
    """Found by two words, ticked, drafted: the address of the quotation."""
    board = house.get("/desk/lanes", query_string={"q": f"上海 纽约 {BOXES}"}).text
    assert (
        all(price in board for price in ("2,000.00", "3,700.00", "3,850.00"))
        and "1,800.00" not in board
    )
    ids = list(
        db.session.scalars(select(Price.id).where(Price.origin == "CNSHA").order_by(Price.id))
    )
    drafted = house.post("/desk/quotations/new", data={
        "customer": "hgsp", "title": "上海到纽约", "price": ids, "category": "sea", "load": "fcl",
        "origin": "CNSHA", "destination": "USNYC", "boxes": BOXES,
    })  # fmt: skip
    assert drafted.status_code == 303, drafted.text[-1500:]
    address: str = drafted.headers["Location"]
    assert "151,442.11" in house.get(address).text
    return address


def words_of(pdf: bytes) -> str:
    """The text that a reader of the PDF finds, without its line breaks."""
    return re.sub(
        r"\s+", " ", " ".join(each.extract_text() for each in PdfReader(io.BytesIO(pdf)).pages)
    )


def test_a_sheet_becomes_a_printed_quotation_that_the_customer_accepts(
    house: CheckingClient, cast: Cast, now: datetime
) -> None:
    load_the_sheet(house.sign_in(cast.catalogue_manager))

    quotation = quote_the_lane(house.sign_in(cast.sales))
    assert house.post(f"{quotation}/issue").status_code == 303
    assert "Issued" in house.get(quotation).text
    told = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.template == "quotation_issued")
    )
    assert [mail.recipient for mail in told] == ["lin@harbour.example"]
    db.session.remove()

    house.sign_in(cast.lin)
    listed = house.get("/my/quotations").text
    assert (
        "QT-2026-000001" in listed and "151,442.11" in listed and "Waits for your answer" in listed
    )
    mine = f"/my/quotations/{quotation.rsplit('/', 1)[1]}"
    paper = house.get(f"{mine}/versions/1/paper")
    said = words_of(paper.data)
    for words in ("CNY 151,442.11", "人民币壹拾伍万壹仟肆佰肆拾贰元壹角壹分", "海港食品有限公司", "上海", "纽约",
                  "USD 20,485.00", "CNY 5,466.00", "7.1260", "远港国际物流"):  # fmt: skip
        assert words.replace(" ", "") in said.replace(" ", ""), words

    accepted = house.post(f"{mine}/versions/1/accept", data={"name": "林晓雯"})
    assert accepted.status_code == 303
    assert "Accepted by 林晓雯" in house.get(mine).text
    assert (
        house.post(f"{mine}/versions/1/decline", data={"name": "Lin", "reason": "x"}).status_code
        == 409
    )

    assert "Accepted" in house.sign_in(cast.sales).get(quotation).text
    kept = db.session.scalars(select(Document)).one()
    code, pages, size = kept.verification_code, kept.pages, kept.size
    assert (pages, size) == (len(PdfReader(io.BytesIO(paper.data)).pages), len(paper.data))
    assert code in said.replace(" ", "") or code.replace("-", "") in said.replace("-", "").replace(
        " ", ""
    )

    db.session.remove()
    proof = house.post(f"/v/{code}", data={"file": (io.BytesIO(paper.data), "报价单.pdf")})
    assert "Unaltered." in proof.text
    mails = [
        mail.template
        for mail in db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    ]
    assert mails == ["quotation_issued", "quotation_accepted"]
