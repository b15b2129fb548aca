"""Statements as files: the paper, the sheet with control totals, the customer's own layout, many at once."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.permissions import Power
from portal.billing.models import Statement, StatementRevision
from portal.billing.rules.csv_layout import FIELDS, CsvLayout
from portal.billing.rules.states import StatementState
from portal.customers.models import SettlementTerms
from portal.db.base import db
from portal.documents.archive import archive
from portal.documents.models import Document
from portal.kernel.tables.excel import read_excel
from tests.cast import Cast, member
from tests.client import CheckingClient
from tests.factories import add
from tests.offers import keep
from tests.statements import a_line, a_statement

D = Decimal
LIST, LAYOUT = "/my/statements", "/my/statements/layout"
PAPER = b"%PDF-1.7 a statement"


@pytest.fixture
def sent(cast: Cast) -> int:
    """The id of a published statement with 57.00 and 100.00, =HYPERLINK as a reference of the second."""
    lines = [a_line("28.5", "2"), a_line("100", name_zh="送货费", reference="=HYPERLINK(1)")]
    statement_id = a_statement(cast.harbour, lines, StatementState.PUBLISHED).id
    keep(cast)
    return statement_id


def printed(cast: Cast, now: datetime, statement_id: int) -> None:
    """Its first revision has its paper."""
    wanted = select(StatementRevision).where(StatementRevision.statement_id == statement_id)
    revision = db.session.scalar(wanted)
    assert revision is not None
    row = add(
        Document(
            customer_id=revision.customer_id, kind="statement", number=f"D-{statement_id}", file_name="st.pdf",
            sha256=archive().store(PAPER), size=len(PAPER), language="zh_en", subject_type="statement_revision",
            subject_id=revision.id, verification_code=f"CODE-{statement_id}", created_at=now,
        )
    )  # fmt: skip
    revision.document_id, revision.paper_state = row.id, "ready"
    keep(cast)


def unpacked(body: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(body)) as files:
        return {name: files.read(name) for name in files.namelist()}


def sheet(body: bytes) -> list[list[Any]]:
    return [list(cells) for _number, cells in read_excel(lambda: io.BytesIO(body), "x.xlsx").rows()]


def test_the_paper_is_the_stored_one(
    client: CheckingClient, cast: Cast, now: datetime, sent: int
) -> None:
    printed(cast, now, sent)
    answer = client.sign_in(cast.lin).get(f"{LIST}/{sent}/revisions/1/paper")
    assert (answer.status_code, answer.data) == (200, PAPER)
    assert f"{LIST}/{sent}/revisions/1/paper" in client.get(f"{LIST}/{sent}").text


def test_the_sheet_ends_in_the_sums_of_the_statement(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    body = client.sign_in(cast.lin).get(f"{LIST}/{sent}?export=xlsx").data
    heads, *_lines, last = sheet(body)
    found = dict(zip(heads, last, strict=False))
    row = db.session.get_one(Statement, sent)
    totals = found["Amount with tax"], found["Net"], found["Tax"]
    assert (
        totals
        == (row.gross_amount, row.net_amount, row.tax_amount)
        == (157, D("148.11"), D("8.89"))
    )


def test_many_come_as_one_zip_with_a_list_of_contents(
    client: CheckingClient, cast: Cast, now: datetime, sent: int
) -> None:
    printed(cast, now, sent)
    days = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 31)}
    other = a_statement(cast.harbour, state=StatementState.PUBLISHED, **days).id
    keep(cast)
    client.sign_in(cast.lin)
    answer = client.get(f"{LIST}/download?kind=pdf&statement={sent}&statement={other}")
    assert (
        answer.mimetype == "application/zip"
        and "attachment" in answer.headers["Content-Disposition"]
    )
    found = unpacked(answer.data)
    assert sorted(found) == ["ST-2026-000001-1.pdf", "contents.csv"]
    contents = found["contents.csv"].decode("utf-8-sig")
    assert "not printed yet" in contents and "314" in contents.splitlines()[-1]
    assert found["ST-2026-000001-1.pdf"] == PAPER
    sheets = unpacked(
        client.get(f"{LIST}/download?kind=xlsx&statement={sent}&statement={other}").data
    )
    assert len(sheets) == 3 and sheet(sheets["ST-2026-000001-1.xlsx"])[-1][0] == "Total of 2 rows"


@pytest.mark.parametrize(("query", "status"), [
    ("kind=pdf", 302), ("kind=exe&statement=1", 404), ("kind=pdf&statement=999", 404), ("kind=pdf&statement=x", 404),
    ("", 404), ("kind=pdf&" + "&".join(f"statement={n}" for n in range(1, 70)), 422),
])  # fmt: skip
def test_what_cannot_be_packed_is_refused(
    client: CheckingClient, cast: Cast, sent: int, query: str, status: int
) -> None:
    assert client.sign_in(cast.lin).get(f"{LIST}/download?{query}").status_code == status


def test_a_foreign_id_among_ours_spoils_the_zip(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    theirs = a_statement(cast.nordwind, state=StatementState.PUBLISHED).id
    draft = a_statement(cast.harbour, currency="USD").id
    keep(cast)
    client.sign_in(cast.lin)
    for kind in ("pdf", "xlsx", "csv"):
        for foreign in (theirs, draft):
            url = f"{LIST}/download?kind={kind}&statement={sent}&statement={foreign}"
            assert client.get(url).status_code == 404


def own(client: CheckingClient, sent: int, encoding: str = "utf-8-sig") -> list[str]:
    return client.get(f"{LIST}/{sent}/own.csv").data.decode(encoding).splitlines()


def typed(*columns: tuple[str, str, str], **more: str) -> dict[str, Any]:
    """The layout form: (field, place, heading) of each column."""
    signs = {
        "separator": ";", "decimal_sign": ",", "date_format": "yyyymmdd", "encoding": "gb18030", "with_headings": "y",
        "version": "",
    }  # fmt: skip
    places = {f"at-{field}": place for field, place, _heading in columns}
    heads = {f"head-{field}": heading for field, _place, heading in columns}
    return {**signs, "use": [field for field, *_ in columns], **places, **heads, **more}


def test_without_a_layout_the_file_is_the_houses_and_no_cell_is_a_formula(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    head, first, second = own(client.sign_in(cast.lin), sent)
    assert head.startswith("Statement,Line,Served,") and "57.00" in first
    assert "'=HYPERLINK(1)" in second


def test_every_field_of_a_layout_has_a_value(client: CheckingClient, cast: Cast, sent: int) -> None:
    layout = CsvLayout.from_json({"columns": [[field, field] for field in FIELDS]})
    add(SettlementTerms(customer_id=cast.harbour.id, csv_layout=layout.to_json()))
    keep(cast)
    head, first, _second = own(client.sign_in(cast.lin), sent)
    assert (
        head.split(",") == list(FIELDS)
        and "HARBOUR" in first
        and len(first.split(",")) == len(FIELDS)
    )


def test_the_administrator_sets_columns_headings_and_signs(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    data = typed(("gross_amount", "2", "金额"), ("reference", "1", "单号"), ("starts_on", "3", ""))
    assert client.sign_in(cast.lin).post(LAYOUT, data=data).status_code == 303
    rows = [";57,00;20260210", "'=HYPERLINK(1);100,00;20260210"]
    assert own(client, sent, "gb18030") == ["单号;金额;First day", *rows]
    page = client.get(LAYOUT).text
    assert "单号;金额;First day" in page and 'value="金额"' in page


def test_a_sample_is_shown_and_nothing_is_kept(
    client: CheckingClient, cast: Cast, sent: int
) -> None:
    page = client.sign_in(cast.lin).post(
        LAYOUT, data=typed(("reference", "1", "单号"), do="sample")
    )
    assert page.status_code == 200 and "单号\r\n" in page.text.replace("\n", "\r\n").replace(
        "\r\r", "\r"
    )
    assert db.session.scalar(select(SettlementTerms.id)) is None


@pytest.mark.parametrize(("data", "said"), [
    (typed(), "one column or more"), (typed(("net_amount", "1", "a"), ("tax_amount", "2", "a")), "only once"),
    (typed(("net_amount", "1", ""), separator=","), "other than the separator"),
    (typed(("net_amount", "1", ""), separator="x"), "alid choice"),
    (typed(("net_amount", "1", "x" * 90)), "at most 80"),
])  # fmt: skip
def test_a_layout_that_no_program_could_read_is_refused(
    client: CheckingClient, cast: Cast, data: dict[str, Any], said: str
) -> None:
    answer = client.sign_in(cast.lin).post(LAYOUT, data=data)
    assert answer.status_code == 422 and said in answer.text


def test_two_administrators_do_not_lose_each_others_layout(
    client: CheckingClient, cast: Cast
) -> None:
    add(SettlementTerms(customer_id=cast.harbour.id))
    keep(cast)
    client.sign_in(cast.lin)
    assert client.post(LAYOUT, data=typed(("note", "1", ""), version="1")).status_code == 303
    assert client.post(LAYOUT, data=typed(("note", "1", "x"), version="1")).status_code == 409
    assert client.post(LAYOUT, data=typed(("note", "1", "x"))).status_code == 409


def test_only_the_administrator_sets_the_layout(
    client: CheckingClient, cast: Cast, now: datetime, sent: int
) -> None:
    reader = member("Wen Jie", cast.harbour, frozenset({Power.SEE_BILLS}), now)
    manager = member("Guan Li", cast.harbour, frozenset({Power.ADMINISTER}), now)
    keep(cast)
    for user in (reader, manager):
        db.session.refresh(user)
    assert client.sign_in(reader).get(LAYOUT).status_code == 403
    page = client.sign_in(manager).get(LAYOUT)
    assert page.status_code == 200 and "sample-file" not in page.text
