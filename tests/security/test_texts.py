"""What people write stays words: on pages, in papers, in files for spreadsheets, in mail, in the log."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import String, func, literal, update
from sqlalchemy.exc import IntegrityError

from portal.db.base import Base, db
from portal.db.outbox import OutboxMessage
from portal.documents.press.engine import Assets
from portal.jobs.letters import Letter, written
from portal.kernel.tables import safe_text
from portal.web.exports import table_bytes
from portal.web.flask_app import PortalApp
from portal.web.links import is_ours
from portal.web.logs import SECRET_AFTER, masked, plain
from portal.web.markdown import is_safe_link, rendered
from tests.cast import Cast
from tests.client import CheckingClient
from tests.security.walk import QuickClient, asked, rules, urls
from tests.test_isolation import quick_press, rows

__all__ = ["quick_press", "rows"]
EVIL = "=cmd|'/C calc'!A0"
TAG = "<script>alert(1)</script>{{7*7}}${7*7}<img src=x onerror=alert(1)>"
KEYS = ("audit", "staff_role", "role", "service_method")
"""Tables whose names are looked up by."""
NAMES = {
    "name",
    "name_zh",
    "name_en",
    "title",
    "text",
    "note",
    "reference",
    "goods",
    "address",
    "subject",
    "holder",
}


def rewrite(word: str) -> int:
    """Every free text of every row says `word`; the number of columns that took it."""
    taken = 0
    for table in Base.metadata.sorted_tables:
        if table.name.startswith(KEYS):
            continue
        for column in table.columns:
            if column.name not in NAMES or not isinstance(column.type, String):
                continue
            try:
                with db.session.begin_nested():
                    said = (
                        literal(word) + func.cast(table.c.id, String)
                        if "id" in table.c
                        else literal(word)
                    )
                    db.session.execute(update(table).values({column: said}))
                taken += 1
            except IntegrityError:
                continue
    db.session.commit()
    return taken


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("quick_press")
def test_no_cell_of_any_file_for_a_spreadsheet_is_a_formula(
    app: PortalApp, cast: Cast, rows: dict[str, Any]
) -> None:
    assert rewrite(EVIL) > 60
    client, files, guarded = QuickClient(app), 0, 0
    for rule, url in urls(app, rows):
        if rule.arguments and not {"csv", "file", "export", "lines"} & set(
            rule.rule.replace(".", "/").split("/")
        ):
            continue
        answer = asked(client, cast, f"{url}?export=csv")
        if answer.mimetype != "text/csv":
            continue
        files += 1
        for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))):
            for cell in row:
                numeric = cell.replace(",", "").lstrip("-").replace(".", "", 1).isdigit()
                assert numeric or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), (url, cell)
                guarded += cell.startswith("'=")
    assert files > 40 and guarded > 40


@pytest.mark.parametrize(
    "mark", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", "'"]
)
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(mark: str) -> None:
    assert safe_text(f"{mark}1+1") == f"'{mark}1+1"


def test_a_workbook_holds_no_formula_and_no_link(app: PortalApp) -> None:
    values = [EVIL, "http://evil.example", '=HYPERLINK("x")', "{=1+1}"]
    with app.test_request_context("/"):
        made = table_bytes("xlsx", values, [values], [None] * 4)
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]  # type: ignore[union-attr]
    assert {cell.data_type for cell in cells} == {"s"} and not any(cell.hyperlink for cell in cells)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("quick_press")
def test_no_page_and_no_paper_runs_what_people_wrote(
    app: PortalApp, cast: Cast, rows: dict[str, Any]
) -> None:
    rewrite(TAG)
    client, shown = QuickClient(app), 0
    for _rule, url in urls(app, rows):
        answer = asked(client, cast, url)
        if answer.mimetype in ("text/html", "application/pdf"):
            text = answer.get_data(as_text=True)
            assert "<script>alert" not in text and "<img src=x" not in text, url
            assert "49${" not in text and "$49" not in text, url
            shown += "&lt;script&gt;alert(1)" in text and "{{7*7}}" in text
    assert shown > 60


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd", "http://169.254.169.254/latest/meta-data", "https://evil.example/x.png", "ftp://x/y",
        "data:image/svg+xml,<svg onload=alert(1)>", "asset:../../etc/passwd", "asset:", "//evil.example/x", "gopher://x",
        "\\\\evil\\share", "asset:logo#file:///etc/passwd",
    ],
)  # fmt: skip
def test_a_paper_fetches_nothing_but_the_pictures_that_came_with_it(address: str) -> None:
    with pytest.raises(ValueError, match="may not fetch"):
        Assets({"logo": b"x"}).fetch(address)


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:alert(1))",
        "[x](data:text/html,x)", "[x](vbscript:x)", "[x](//evil.example)", "[x](/\\evil.example)", "![x](https://evil.example/pixel.png)",
        "![x](file:9)", "<img src=https://evil.example/p.png>", "<iframe src=//evil.example>", "<a href=javascript:x>",
        "<style>*{}</style>", "[x]: javascript:alert(1)\n\n[x]", "<svg/onload=alert(1)>",
        "[x](\x01javascript:alert(1))",
    ],
)  # fmt: skip
def test_an_articles_text_leads_nowhere_harmful_and_loads_nothing_from_outside(text: str) -> None:
    drawn = str(rendered(text)).lower()
    assert (
        "<img" not in drawn
        and "<iframe" not in drawn
        and "<svg" not in drawn
        and "<style" not in drawn
    )
    assert 'href="javascript' not in drawn and 'href="data' not in drawn and 'href="//' not in drawn
    assert 'href="vbscript' not in drawn and 'href="/\\' not in drawn


@given(st.text(max_size=60))
@example("/\\evil.example")
@example("/\t/evil.example")
@example("//evil.example")
@example("https:evil.example")
def test_an_address_that_is_called_ours_stays_on_this_site(address: str) -> None:
    if is_ours(address):
        assert address.startswith("/") and not address.startswith(("//", "/\\"))
        assert not any(ord(ch) < 32 for ch in address)


@pytest.mark.parametrize(
    "address", ["javascript:x", "data:x", "blob:x", "http:", "https:///x", "file:///x", "http://[x"]
)
def test_a_link_of_a_text_goes_to_the_web_a_mailbox_or_here(address: str) -> None:
    assert not is_safe_link(address)


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
    ],
)
@pytest.mark.parametrize("field", ["next", "back"])
def test_no_form_leads_to_another_site(
    client: CheckingClient, cast: Cast, back: str, field: str
) -> None:
    client.sign_in(cast.lin)
    answer = client.post("/language", data={"locale": "en", field: back}, headers={"Referer": back})
    assert answer.location in ("/", "http://portal.test/")


def test_a_line_break_in_a_subject_or_an_address_makes_no_header(
    app: PortalApp, database: None
) -> None:
    facts = {"name": "x\r\nBcc: all@evil.example", "path": "/join/x"}
    for to in ("a@b.example\r\nBcc: all@evil.example", "a@b.example\nX: y"):
        with pytest.raises(ValueError):
            written(_letter(to, facts))
    mail_to = written(_letter("a@b.example", facts))
    assert mail_to["Bcc"] is None and "\n" not in str(mail_to["Subject"])


def _letter(to: str, facts: dict[str, object]) -> Letter:
    row = OutboxMessage(
        key="k", template="invitation", recipient=to, locale="en", facts=facts, state="pending"
    )  # fmt: skip
    row.id = 1
    return Letter.of(row)


def test_nobodys_words_look_like_an_entry_of_the_log() -> None:
    forged = plain("x\r\n2026-01-01 INFO portal: all is well\u2028y\x1b[2J")
    assert len(forged.splitlines()) == 1 and "\x1b" not in forged and "\\x0a" in forged


def test_every_address_that_holds_a_secret_is_masked_in_the_log(app: PortalApp) -> None:
    secret = "Zq9-secret_Token"
    holding = [rule for rule in rules(app) if "token" in rule.arguments]
    assert len(holding) >= 10
    for rule in holding:
        path = rule.rule.replace("<string:token>", secret).replace("<token>", secret)
        assert secret not in masked(f'GET {path} "https://portal.test{path}"'), rule.rule
        assert rule.rule.split("/")[1] in SECRET_AFTER
