"""The menu: which entry a page belongs to, and which cells of a list stay on one line."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from portal.web.filters import MUTED_DASH, boxed, file_size, is_nothing, is_unbroken, money
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.client import CheckingClient

HERE = re.compile(r'<a class="nav-link-in" href="([^"]+)" aria-current="page">')


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("/desk/", ["/desk/"]),
        ("/desk/quotations/new", ["/desk/quotations"]),
        ("/desk/lanes", ["/desk/lanes"]),
        ("/desk/schemes", ["/desk/tariffs"]),
        ("/desk/surcharges", ["/desk/surcharges"]),
        ("/desk/bundles", ["/desk/items"]),
        ("/desk/taxes", ["/desk/exchange"]),
        ("/account", []),
    ],
)
def test_the_entry_that_a_page_belongs_to_is_marked(
    client: CheckingClient, cast: Cast, path: str, entry: list[str]
) -> None:
    page = client.sign_in(cast.sales_manager).get(path)
    assert HERE.findall(page.text) == entry


@pytest.mark.parametrize(
    ("cell", "whole"),
    [
        ("2026-12-06", True),
        ("QT-2026-000128 v2", True),
        ("王芳", True),
        ("上海到纽约 冷冻调味品 六柜", False),
        ("FCL freight from Shanghai, Ningbo", False),
        (money(None, "CNY"), False),
        (12, False),
    ],
)
def test_dates_codes_and_short_words_stay_on_one_line(cell: object, whole: bool) -> None:
    assert is_unbroken(cell) is whole


@pytest.mark.parametrize(
    ("cell", "nothing"), [(None, True), ("—", True), (MUTED_DASH, True), ("0", False), (0, False)]
)
def test_a_cell_that_says_nothing_is_left_out_on_a_phone(cell: object, nothing: bool) -> None:
    assert is_nothing(cell) is nothing


PARTS = re.compile(r"<details( open)?><summary>([^<]+)<")


def parts(client: CheckingClient, path: str) -> dict[str, bool]:
    """The parts of the menu on a page, and whether each is unfolded."""
    return {name: bool(is_open) for is_open, name in PARTS.findall(client.get(path).text)}


@pytest.mark.parametrize(
    ("size", "said"),
    [(16, "16 B"), (12_300, "12 KB"), (1_468_006, "1.4 MB"), (10_485_760, "10.0 MB")],
)
def test_the_size_of_a_file_is_said_without_a_word_of_either_language(size: int, said: str) -> None:
    assert file_size(size) == said


@pytest.mark.parametrize(
    ("name", "packaging", "said"),
    [
        ("海运费", "40HQ", "海运费 40HQ"),
        ("海运费 40HQ", "40HQ", "海运费 40HQ"),
        ("报关", "", "报关"),
    ],
)
def test_a_charges_box_is_said_once(name: str, packaging: str, said: str, app: PortalApp) -> None:
    row = SimpleNamespace(name_zh=name, name_en="", packaging=packaging)
    with app.test_request_context():
        assert boxed(row) == said


def test_the_menu_has_parts_and_the_pages_own_is_unfolded(
    client: CheckingClient, cast: Cast
) -> None:
    found = parts(client.sign_in(cast.administrator), "/desk/tariffs")
    known = [
        "Sales",
        "Operations",
        "Service",
        "Customer care",
        "Insight",
        "Money",
        "Prices",
        "House",
    ]
    assert list(found) == known
    assert [name for name, is_open in found.items() if is_open] == ["Prices"]


def test_on_the_first_page_every_part_is_unfolded(client: CheckingClient, cast: Cast) -> None:
    found = parts(client.sign_in(cast.administrator), "/desk/")
    assert len(found) == 8 and all(found.values())


def test_a_part_that_holds_nothing_for_a_role_is_left_out(
    client: CheckingClient, cast: Cast
) -> None:
    assert "Money" not in parts(client.sign_in(cast.catalogue_manager), "/desk/")


def test_a_short_menu_is_not_folded(client: CheckingClient, cast: Cast) -> None:
    assert all(parts(client.sign_in(cast.catalogue_manager), "/desk/").values())


def test_the_customers_menu_has_no_parts(client: CheckingClient, cast: Cast) -> None:
    assert parts(client.sign_in(cast.lin), "/my/") == {}
