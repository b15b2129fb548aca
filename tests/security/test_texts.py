"""What people write stays words: on pages, in papers, in files for spreadsheets, in mail, in the log."""

from __future__ import annotations

import io

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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
from tests.security.walk import ON_SQLITE, rules

EVIL = "=cmd|'/C calc'!A0"


@pytest.mark.parametrize(
    "mark", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", "'"]
)
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(mark: str) -> None:
    assert safe_text(f"{mark}1+1") == f"'{mark}1+1"


@ON_SQLITE
def test_a_workbook_holds_no_formula_and_no_link(app: PortalApp) -> None:
    values = [EVIL, "http://evil.example", '=HYPERLINK("x")', "{=1+1}"]
    with app.test_request_context("/"):
        made = table_bytes("xlsx", values, [values], [None] * 4)
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]  # type: ignore[union-attr]
    assert {cell.data_type for cell in cells} == {"s"} and not any(cell.hyperlink for cell in cells)


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


@ON_SQLITE
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


@ON_SQLITE
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


@ON_SQLITE
def test_every_address_that_holds_a_secret_is_masked_in_the_log(app: PortalApp) -> None:
    secret = "Zq9-secret_Token"
    holding = [rule for rule in rules(app) if "token" in rule.arguments]
    assert len(holding) >= 10
    for rule in holding:
        path = rule.rule.replace("<string:token>", secret).replace("<token>", secret)
        assert secret not in masked(f'GET {path} "https://portal.test{path}"'), rule.rule
        assert rule.rule.split("/")[1] in SECRET_AFTER
