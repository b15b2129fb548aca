"""Invoices registered over what is confirmed, asked for, reversed in red; statements become billed and back (R7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.access.viewer import SYSTEM
from portal.billing.models import Receivable, Statement
from portal.billing.rules.states import StatementState as S
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.db import audit
from portal.db.base import db
from portal.jobs import receivables as job
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow
from portal.receivables.actions import invoicing, requests
from portal.receivables.actions.requests import RequestFacts
from portal.receivables.models import Invoice, InvoiceRequest
from portal.receivables.queries.invoices import billables, coverage_of, red_of, to_invoice
from portal.receivables.rules.invoices import InvoiceFacts, RedFacts, transport_remark
from portal.receivables.rules.kinds import InvoiceKind
from tests.cast import Cast, viewer
from tests.money import terms
from tests.statements import a_line, a_statement

D = Decimal
TODAY = date(2026, 3, 2)
NINE = TaxTerms(TaxKind.TAXED, D(9), inclusive=True)


def number(n: int) -> str:
    return f"253120000000{n:08d}"


def confirmed(cast: Cast, gross: str = "106", *, month: int = 2, **more) -> Statement:
    """A confirmed statement of one line."""
    first = date(2026, month, 1)
    return a_statement(cast.harbour, [a_line(gross)], S.CONFIRMED, starts_on=first,
                       ends_on=date(2026, month, 28), **more)  # fmt: skip


def facts(n: int = 1, /, gross: str | None = None, **covers: str) -> InvoiceFacts:
    """An ordinary invoice at 6 % over the statements of these ids (`s7="106"`)."""
    parts = {int(key[1:]): D(amount) for key, amount in covers.items()}
    total = sum(parts.values(), D(0)) if gross is None else D(gross)
    net = (total / D("1.06")).quantize(D("0.01"))
    return InvoiceFacts(
        InvoiceKind.ORDINARY, number(n), TODAY, "海港食品有限公司", net, total - net, total, parts
    )


def register(cast: Cast, now: datetime, told: InvoiceFacts, **more) -> Invoice:
    return invoicing.register(cast.harbour, told, viewer(cast.finance), now, **more)


def events(row) -> list[str]:
    return [each.event for each in audit.timeline(row, public_only=True)]


def test_a_statement_that_is_invoiced_whole_is_billed(cast: Cast, now: datetime) -> None:
    one = confirmed(cast)
    row = register(cast, now, facts(**{f"s{one.id}": "106"}))
    assert (one.state, one.invoiced_amount, row.gross_amount) == ("billed", 106, 106)
    assert (events(one)[0], events(row)) == ("statement.billed", ["invoice.registered"])


def test_in_parts_it_is_billed_with_the_last(cast: Cast, now: datetime) -> None:
    one = confirmed(cast)
    register(cast, now, facts(1, **{f"s{one.id}": "100"}))
    assert (one.state, one.invoiced_amount) == ("confirmed", 100)
    register(cast, now, facts(2, **{f"s{one.id}": "6"}))
    assert (one.state, [each.gross_amount for each in coverage_of(one.id, SYSTEM)]) == ("billed", [100, 6])  # fmt: skip


def test_one_invoice_covers_several_statements(cast: Cast, now: datetime) -> None:
    one, other = confirmed(cast, month=1), confirmed(cast, "212")
    assert to_invoice(cast.harbour.id, SYSTEM) == [one, other]
    register(cast, now, facts(**{f"s{one.id}": "106", f"s{other.id}": "112"}))
    assert (one.state, other.state, other.invoiced_amount) == ("billed", "confirmed", 112)
    assert to_invoice(cast.harbour.id, SYSTEM) == [other]


def test_never_more_than_is_confirmed_is_invoiced(cast: Cast, now: datetime) -> None:
    one = confirmed(cast)
    january = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 1, 31)}
    disputed = a_statement(cast.harbour, state=S.PARTLY_DISPUTED, **january)
    for told in (facts(**{f"s{one.id}": "106.01"}), facts(**{f"s{disputed.id}": "157"})):
        with pytest.raises(InvalidMany) as refused:
            register(cast, now, told)
        (key,) = told.covers
        assert list(refused.value.errors) == [f"covers-{key}"]


def test_drafts_and_strangers_statements_cannot_be_invoiced(cast: Cast, now: datetime) -> None:
    for row in (a_statement(cast.harbour), a_statement(cast.nordwind, state=S.CONFIRMED)):
        with pytest.raises(InvalidMany):
            register(cast, now, facts(**{f"s{row.id}": "57"}))


def test_a_number_is_registered_once(cast: Cast, now: datetime) -> None:
    one = confirmed(cast)
    register(cast, now, facts(1, **{f"s{one.id}": "50"}))
    with pytest.raises(InvalidMany) as refused:
        register(cast, now, facts(1, **{f"s{one.id}": "50"}))
    assert list(refused.value.errors) == ["number"]


def test_a_red_invoice_mirrors_the_blue_and_the_statement_can_be_invoiced_anew(
    cast: Cast, now: datetime
) -> None:
    one = confirmed(cast)
    blue = register(cast, now, facts(**{f"s{one.id}": "106"}))
    told = RedFacts(number(9), TODAY, "3101042603000001", "抬头有误")
    red = invoicing.reverse(blue, told, viewer(cast.finance), now)
    assert (red.net_amount, red.tax_amount, red.gross_amount) == (
        -blue.net_amount, -blue.tax_amount, -blue.gross_amount,
    )  # fmt: skip
    assert (one.state, one.invoiced_amount, red_of(blue.id, SYSTEM)) == ("confirmed", 0, red)
    assert events(one)[0] == "statement.unbilled"
    for row in (blue, red):
        with pytest.raises(NotAllowedNow):
            invoicing.reverse(row, replace(told, number=number(8)), viewer(cast.finance), now)
    assert register(cast, now, facts(2, **{f"s{one.id}": "106"})).gross_amount == 106


def test_an_invoice_over_carriage_alone_needs_the_remark_of_a_transport_invoice(
    cast: Cast, now: datetime
) -> None:
    one = a_statement(cast.harbour, [a_line("109", tax=NINE, tax_class="transport_9")], S.CONFIRMED)
    told = replace(facts(**{f"s{one.id}": "109"}), net_amount=D(100), tax_amount=D(9))
    with pytest.raises(InvalidMany) as refused:
        register(cast, now, told)
    assert list(refused.value.errors) == ["remark"]
    remark = transport_remark("上海", "成都", "沪A12345", "虾仁")
    assert register(cast, now, replace(told, remark=remark)).remark == remark


def test_where_the_days_to_pay_count_from_the_invoice_its_day_decides(
    cast: Cast, now: datetime
) -> None:
    terms(cast.harbour, payment_days=45, due_from="invoice")
    one = confirmed(cast)
    register(cast, now, facts(**{f"s{one.id}": "106"}))
    owed = db.session.query(Receivable).filter_by(statement_id=one.id).one()
    assert (one.due_on, owed.due_on) == (date(2026, 4, 16), date(2026, 4, 16))


def ask(
    cast: Cast, now: datetime, *, by=None, kind=InvoiceKind.ORDINARY, **parts: str
) -> InvoiceRequest:
    told = RequestFacts(kind, {int(key[1:]): D(amount) for key, amount in parts.items()},
                        **requests.defaults(cast.harbour))  # fmt: skip
    return requests.ask(cast.harbour, told, by or viewer(cast.lin), now)


def test_the_customer_asks_for_what_is_confirmed_and_gets_its_invoice(
    cast: Cast, now: datetime
) -> None:
    one = confirmed(cast)
    request = ask(cast, now, **{f"s{one.id}": "106"})
    assert (request.number, request.state, request.title) == (
        "IR-2026-000001", "open", "海港食品有限公司",
    )  # fmt: skip
    row = register(cast, now, facts(**{f"s{one.id}": "106"}), request=request)
    assert (row.request_id, request.state) == (request.id, "invoiced")
    with pytest.raises(NotAllowedNow):
        requests.withdraw(request, viewer(cast.lin), now)


def test_nothing_is_asked_for_twice(cast: Cast, now: datetime) -> None:
    one = confirmed(cast)
    first = ask(cast, now, **{f"s{one.id}": "100"})
    assert billables([one])[one.id].left_to_ask == 6
    with pytest.raises(InvalidMany) as refused:
        ask(cast, now, **{f"s{one.id}": "7"})
    assert list(refused.value.errors) == [f"part-{one.id}"]
    requests.withdraw(first, viewer(cast.lin), now)
    second = ask(cast, now, **{f"s{one.id}": "106"})
    requests.reject(second, "抬头不全", viewer(cast.finance), now)
    assert (second.state, second.decision) == ("rejected", "抬头不全")
    assert ask(cast, now, **{f"s{one.id}": "106"}).state == "open"


def test_a_special_invoice_needs_the_tax_number_and_a_request_a_statement(
    cast: Cast, now: datetime
) -> None:
    one = confirmed(cast)
    with pytest.raises(InvalidMany) as refused:
        ask(cast, now, kind=InvoiceKind.SPECIAL, **{f"s{one.id}": "1"})
    assert list(refused.value.errors) == ["tax_number"]
    with pytest.raises(Invalid) as refused:
        ask(cast, now)
    assert refused.value.field == "parts"


def test_nobody_asks_for_unconfirmed_or_foreign_statements(cast: Cast, now: datetime) -> None:
    published = a_statement(cast.harbour, state=S.PUBLISHED)
    foreign = a_statement(cast.nordwind, state=S.CONFIRMED)
    for row in (published, foreign):
        with pytest.raises(InvalidMany):
            ask(cast, now, **{f"s{row.id}": "1"})


def test_what_was_invoiced_before_its_last_line_was_confirmed_is_billed_by_the_job(
    cast: Cast, now: datetime
) -> None:
    one = confirmed(cast)
    one.invoiced_amount = D(106)
    db.session.commit()
    assert job.bill_confirmed(now) == "1 billed"
    db.session.refresh(one)
    assert (one.state, job.bill_confirmed(now)) == ("billed", "0 billed")
