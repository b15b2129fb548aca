"""Help at both doors: every page opens, the question mark leads to it, and customers see only what concerns them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markupsafe import escape

from portal.help import shelf
from portal.help.rules import text
from portal.help.rules.book import BOOK, Door, endpoint_of, pages_for
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.client import CheckingClient

ROOT = Path(__file__).resolve().parents[2]
NAMED = {
    name
    for page in BOOK
    for kind, name in text.named(shelf.page(page.key, "en").body)
    if kind == "page"
}


@pytest.mark.parametrize("endpoint", sorted(NAMED))
def test_every_page_of_the_portal_that_help_names_exists(app: PortalApp, endpoint: str) -> None:
    assert endpoint in app.view_functions


def test_every_beginning_of_an_endpoint_fits_one(app: PortalApp) -> None:
    for page in BOOK:
        for start in page.about:
            assert any(each.startswith(start) for each in app.view_functions), start


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_every_page_opens_at_the_desk_with_its_pictures(
    client: CheckingClient, cast: Cast, locale: str
) -> None:
    client.sign_in(cast.administrator)
    client.post("/language", data={"locale": locale})
    for page in pages_for(Door.DESK):
        answer = client.get(f"/desk/help/{page.key}")
        assert (
            answer.status_code == 200 and escape(shelf.page(page.key, locale).title) in answer.text
        )
        for picture in re.findall(r'<img src="([^"]+)"', answer.text):
            assert (ROOT / picture.partition("?")[0].lstrip("/")).exists(), picture
        assert 'href="#"' not in answer.text.partition("prose")[2].partition("</article>")[0]


def test_customers_read_what_concerns_them(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.clerk)
    contents = client.get("/my/help").text
    assert (
        "The first hour as a customer" in contents
        and "Backup and restore" not in contents.partition("<main")[2]
    )
    for page in pages_for(Door.MY):
        assert client.get(f"/my/help/{page.key}").status_code == 200
    assert client.get("/my/help/backup").status_code == 404
    assert client.get("/desk/help/owner").status_code == 404


def test_words_are_found_and_others_are_said_to_be_missing(
    client: CheckingClient, cast: Cast
) -> None:
    client.sign_in(cast.sales)
    found = client.get("/desk/help?q=rollback").text
    assert "/desk/help/upgrade" in found.partition("<main")[2]
    assert "Help says nothing about it" in client.get("/desk/help?q=zebra").text


def test_the_question_mark_leads_to_help_about_the_page(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.administrator)
    assert 'href="/desk/help/personal-data"' in client.get("/desk/privacy").text
    assert 'href="/desk/help/health"' in client.get("/desk/health").text
    client.sign_in(cast.lin)
    assert 'href="/my/help/customer-statement"' in client.get("/my/statements").text
    assert 'href="/my/help"' in client.get("/my/knowledge").text


def test_nobody_reads_help_signed_out(client: CheckingClient, cast: Cast) -> None:
    for door in Door:
        for page in pages_for(door):
            assert client.get(f"/{door.value}/help/{page.key}").status_code == 302
            assert endpoint_of(page, door).startswith(f"{door.value}_help.")


def test_a_page_that_the_reader_may_not_open_is_named_without_a_link(
    client: CheckingClient, cast: Cast
) -> None:
    for reader, door in (
        (cast.lin, "my"),
        (cast.clerk, "my"),
        (cast.administrator, "desk"),
        (cast.sales, "desk"),
        (cast.auditor, "desk"),
    ):
        client.sign_in(reader)
        links: set[str] = set()
        for page in pages_for(Door(door)):
            body = client.get(f"/{door}/help/{page.key}").text.partition("prose")[2]
            links |= set(re.findall(r'href="(/[^"#]*)"', body.partition("</article>")[0]))
        assert links
        for link in links:
            assert client.get(link).status_code == 200, (reader.email, link)
