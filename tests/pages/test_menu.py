"""The menu: which entry a page belongs to, and which cells of a list stay on one line."""

from __future__ import annotations

import re

import pytest

from portal.web.filters import MUTED_DASH, is_nothing, is_unbroken, money
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
