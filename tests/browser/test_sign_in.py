"""Signing in, at the desk and on the phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("phone", [False, True])
def test_the_sign_in_page_is_without_fault(visit: Callable[..., Visitor], phone: bool) -> None:
    visit(phone=phone).open("/login", "sign-in")


def test_a_salesperson_comes_to_the_desk(visit: Callable[..., Visitor]) -> None:
    page = visit("chen.li@farhaven.example").look("desk-home")
    assert "/desk" in page.url


def test_a_customer_comes_to_the_own_home_without_scripts(visit: Callable[..., Visitor]) -> None:
    page = visit("lin@harbour.example", phone=True, scripts=False).look("my-home-plain")
    assert "/my" in page.url


def test_a_fault_on_a_page_would_be_seen(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.page.goto("/login")
    visitor.page.evaluate("document.querySelector('h1').innerHTML = '<img src=\"/firm/x.png\">'")
    with pytest.raises(AssertionError, match="empty-heading"):
        visitor.look("sign-in-spoiled")
