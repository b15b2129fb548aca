"""Through every address once: headers, what is kept or framed, what a GET writes, what a POST without a token may.

On SQLite alone: what a browser is told does not depend on the database.
"""

from __future__ import annotations

import csv
import io
import re
from itertools import chain
from typing import Any

import pytest

from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.security.walk import ON_SQLITE, Answer, People, QuickClient, check, urls, walked, whose
from tests.test_isolation import quick_press, rows

__all__ = ["quick_press", "rows"]
pytestmark = [
    ON_SQLITE,
    pytest.mark.usefixtures("quick_press"),
]
MAY_WRITE_ON_GET = {"security.two_factor_token_validation"}
"""Flask-Security's page for the second factor ends what somebody who needs none there had begun; it makes nothing."""
WITHOUT_TOKEN = {"public_campaign.unsubscribe"}
"""One-click unsubscribing (RFC 8058): a mail program's POST; the link itself is the proof."""
_seen: list[Answer] = []


@pytest.fixture
def answers(request: pytest.FixtureRequest, app: PortalApp) -> list[Answer]:
    """What every address answered, asked for once; the rows for it are made once too."""
    if not _seen:
        rows = request.getfixturevalue("rows")
        _seen.extend(walked(app, request.getfixturevalue("cast"), rows))
    return _seen


def test_every_answer_of_every_address_has_every_header(answers: list[Answer]) -> None:
    for each in answers:
        check(each.url, each)
    kinds = {each.mimetype for each in answers if each.status == 200}
    assert {"text/html", "text/css", "application/pdf"} <= kinds and len(answers) > 400


def test_nothing_that_names_a_person_is_kept_by_a_browser_or_on_the_way(
    answers: list[Answer],
) -> None:
    looks = re.compile(r"\.css$|^/firm/logo/|^/api/v1/openapi.json$")
    kept = {
        each.rule
        for each in answers
        if "no-store" not in each.headers["Cache-Control"].split(", ")
        and not looks.search(each.rule)
    }
    assert kept == set()


def test_only_previews_of_papers_may_stand_in_a_frame_and_only_in_ours(
    answers: list[Answer],
) -> None:
    framed = set()
    for each in answers:
        own = "frame-ancestors 'self'" in each.headers["Content-Security-Policy"]
        assert own or "frame-ancestors 'none'" in each.headers["Content-Security-Policy"], each.url
        assert each.headers["X-Frame-Options"] == ("SAMEORIGIN" if own else "DENY"), each.url
        framed |= {each.endpoint} if own else set()
    assert framed == {"desk_quotations.preview", "desk_proposals.preview"}


def test_no_get_writes_anything(answers: list[Answer]) -> None:
    wrote = {each.endpoint: each.wrote[0][:90] for each in answers if each.wrote}
    assert {name: said for name, said in wrote.items() if name not in MAY_WRITE_ON_GET} == {}


def test_no_page_and_no_paper_runs_what_people_wrote(answers: list[Answer]) -> None:
    shown = 0
    for each in answers:
        if each.mimetype in ("text/html", "application/pdf"):
            text = each.data.decode("utf-8", "replace")
            assert "<script>alert" not in text and "<img src=x" not in text, each.url
            assert "$49" not in text and "calc'!A049" not in text, each.url
            shown += "&lt;script&gt;alert(1)" in text and "{{7*7}}" in text
    assert shown > 60


def test_no_cell_of_any_file_for_a_spreadsheet_is_a_formula(answers: list[Answer]) -> None:
    files, guarded = 0, 0
    for each in answers:
        if each.mimetype != "text/csv":
            continue
        files += 1
        for cell in chain(*csv.reader(io.StringIO(each.data.decode("utf-8-sig")))):
            numeric = cell.replace(",", "").lstrip("-").replace(".", "", 1).isdigit()
            harmless = numeric or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
            assert harmless, (each.url, cell)
            guarded += cell.startswith("'=")
    assert files > 40 and guarded > 40


def test_one_signs_out_from_every_page(answers: list[Answer]) -> None:
    inside = re.compile(r"^/(desk|my)(/|$)")
    without = {
        each.url
        for each in answers
        if each.status == 200 and each.mimetype == "text/html" and inside.match(each.url)
        and b"<html" in each.data[:200].lower() and b'action="/logout"' not in each.data
    }  # fmt: skip
    papers = {each.url for each in answers if re.search(r"/(preview|paper|print)\b", each.url)}
    assert without <= papers


def test_no_page_ends_in_a_fault(answers: list[Answer]) -> None:
    faults = {each.url: each.status for each in answers if each.status >= 500}
    assert {url for url in faults if url != "/readyz"} == set()  # tests make tables by no migration


def test_no_answer_names_a_program_and_its_version(answers: list[Answer]) -> None:
    for each in answers:
        assert not {"Server", "X-Powered-By", "Via"} & set(each.headers), each.url


def test_no_redirect_leads_away(answers: list[Answer]) -> None:
    away = {
        each.url
        for each in answers
        if re.match(r"(?:[a-z]+:)?//", each.headers.get("Location", ""))
    }
    assert away == set()


def test_every_unsafe_request_without_a_token_is_refused(app: PortalApp, cast: Cast) -> None:
    people, tried = People(app), 0
    for rule, url in urls(app, {}, "POST"):
        if rule.endpoint in WITHOUT_TOKEN:
            continue
        client = people.as_(whose(url, cast))
        answer = client.post(url, data={"name": "x"}, csrf=False)
        by_key = url.startswith("/api/")  # a browser's cookie opens nothing there
        assert (answer.status_code, client.wrote) == (401 if by_key else 400, []), url
        tried += 1
    assert tried > 250


def test_a_token_of_another_session_is_worth_nothing(app: PortalApp, cast: Cast) -> None:
    stranger, client = QuickClient(app), QuickClient(app)
    theirs = stranger.sign_in(cast.erik)._token()
    client.sign_in(cast.lin).get("/my/account")
    client._token()
    answer = client.post("/language", data={"locale": "en", "csrf_token": theirs}, csrf=False)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "disguise",
    [
        {"headers": {"X-HTTP-Method-Override": "POST"}},
        {"headers": {"X-Method-Override": "DELETE"}},
        {"query_string": {"_method": "POST"}},
    ],
)
def test_a_get_cannot_be_dressed_up_as_a_post(
    app: PortalApp, cast: Cast, disguise: dict[str, Any]
) -> None:
    assert QuickClient(app).sign_in(cast.lin).get("/language", **disguise).status_code == 405


@pytest.mark.parametrize(
    "method", ["TRACE", "TRACK", "CONNECT", "PUT", "DELETE", "PATCH", "PROPFIND"]
)
def test_methods_that_no_page_offers_are_refused(app: PortalApp, cast: Cast, method: str) -> None:
    client = QuickClient(app).sign_in(cast.administrator)
    assert client.open("/login", method=method, csrf=False).status_code in (400, 405)
