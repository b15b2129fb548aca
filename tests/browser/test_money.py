"""The money in a browser: an accepted quotation is agreed, used, billed, argued about, invoiced and paid."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from portal.kernel import clock
from tests.browser import newcomer
from tests.browser.conftest import Visitor
from tests.browser.desk import SALES, SALES_MANAGER, Visit, follow, step
from tests.browser.test_chain import SERVICE, SIGNED, sent

pytestmark = pytest.mark.browser
FINANCE = "qian.wei@farhaven.example"
RUN, BATCH = re.compile(r"/desk/statement-runs/\d+$"), re.compile(r"/desk/usage/imports/\d+$")
BILL, DISPUTE = re.compile(r"/my/statements/\d+$"), re.compile(r"/my/disputes/\d+$")
PHOTO = {"name": "柜门.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0 a door"}
WHY = "第三只柜 12 日已还空,不应再收码头操作费"
FREIGHT, TERMINAL, SEAL, DOCUMENT = (
    "SEA/FCL O/F CNSHA>USNYC 40HQ TEU", "SEA/FCL THC TEU", "SEA/FCL SEAL TEU", "SEA/NONE DOC BL",
)  # fmt: skip


@dataclass(frozen=True)
class Money:
    """One newcomer's money: who takes part, and where its statement is."""

    visit: Visit
    instance: Path
    code: str
    scripts: bool

    @property
    def month(self) -> date:
        """The first day of last month."""
        return (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)

    def desk(self, who: str = FINANCE) -> Visitor:
        """Somebody of ours."""
        return self.visit(who)

    def phone(self) -> Visitor:
        """The buyer on a phone."""
        buyer = newcomer.buyer_of(self.code)
        return self.visit(buyer, phone=True, scripts=self.scripts)

    def name(self, what: str) -> str:
        """What a picture is called."""
        return f"money-{what}{'' if self.scripts else '-plain'}"


@pytest.mark.parametrize("scripts", [True, False])
def test_from_an_accepted_quotation_to_a_receipt(
    visit: Visit, instance: Path, scripts: bool
) -> None:
    money = Money(visit, instance, "REEF" if scripts else "CORAL", scripts)
    contract_is_signed(money, newcomer.come(instance, money.code))
    file_of_usage_is_applied(money)
    number = month_is_billed(money)
    month_is_published(money, number)
    all_but_two_lines_are_confirmed(money)
    one_line_is_disputed_with_a_photograph(money)
    what_was_read_is_out_of_date_once_the_dispute_is_decided(money)
    an_invoice_is_asked_for(money)
    the_invoice_is_registered(money)
    the_money_comes_in(money, number)
    it_is_seen_paid(money, number)


def contract_is_signed(money: Money, quotation_id: int) -> None:
    """Unchanged it needs no approval; it began with last month."""
    page = money.desk(SALES).page
    page.goto(f"/desk/contracts/from-quotation/{quotation_id}")
    page.fill("[name=starts_on]", money.month.isoformat())
    sent(page)
    path = page.evaluate("location.pathname")
    step(page, "send")
    page.wait_for_selector("a[href$='/paper']")
    page = money.desk(SALES_MANAGER).page
    page.goto(f"{path}/sign")
    page.fill("[name=for_customer]", "苏青")
    page.fill("[name=for_firm]", "吴梅")
    scan = {"name": "签署页.pdf", "mimeType": "application/pdf", "buffer": SIGNED}
    page.set_input_files("[name=scan]", scan)
    sent(page)
    expect(page.locator(".files a").first).to_contain_text("签署页.pdf")


def file_of_usage_is_applied(money: Money) -> None:
    """Three boxes with their terminal handling, two seals, one set of documents: nine rows."""
    told = [(FREIGHT, "40HQ", at) for at in range(3)] + [(TERMINAL, "40HQ", at) for at in range(3)]
    told += [(SEAL, "CNTR", 0), (SEAL, "CNTR", 1), (DOCUMENT, "票", 0)]
    rows = [
        f"{money.code},{item},1,{unit},{money.month + timedelta(days=9 + at)},{money.code}-{item.split()[1]}-{at}"
        for item, unit, at in told
    ]
    text = "\n".join(["客户,服务项目,数量,单位,日期,参考号", *rows]) + "\n"
    page = money.desk(SERVICE).page
    page.goto("/desk/usage/import")
    file = {"name": f"{money.code}.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
    page.set_input_files("input[type=file]", file)
    sent(page)
    page.wait_for_url(BATCH)
    page.locator("form[action$='/apply'] [type=submit]").click()
    expect(page.locator("#import-state .note-good")).to_be_visible()


def month_is_billed(money: Money) -> str:
    """Everybody's last month; only the newcomer's is left, and its draft is worked out again line by line."""
    desk = money.desk()
    page = desk.page
    page.goto("/desk/statement-runs/new")
    desk.look("money-run-new")
    sent(page)
    page.wait_for_url(RUN)
    expect(page.locator("#run-state progress")).to_be_visible()
    drafts = page.locator("#run-state table tbody tr", has_text=f"礁岛 {money.code}")
    expect(drafts).to_have_count(1)
    desk.look("money-run-done")
    follow(drafts.locator("a"))
    number = page.locator("h1").inner_text().strip()
    page.locator("a[href$='/check']").first.click()
    expect(page.locator("#check .note-good")).to_be_visible()
    return number


def month_is_published(money: Money, number: str) -> None:
    """Reviewed, published, and its paper opened."""
    desk = money.desk()
    page = desk.page
    page.goto(f"/desk/statements?q={number}")
    page.locator(".list .row-link").first.click()
    step(page, "review")
    follow(page.locator("a[href$='/publish']").first)
    desk.look("money-publish")
    sent(page)
    paper = page.locator("#revisions a[href$='/paper']").first
    paper.wait_for()
    assert page.request.get(paper.get_attribute("href") or "").body().startswith(b"%PDF-")
    desk.look("money-published")


def to_answer(money: Money) -> Visitor:
    """The buyer at the open lines of the statement."""
    phone = money.phone()
    phone.page.goto("/my/statements")
    phone.page.locator("#list tbody th a").first.click()
    phone.page.wait_for_url(BILL)
    phone.page.goto(f"{phone.page.url}?state=open")
    return phone


def line_of(page: Page, words: str, at: int) -> str:
    """What the tick of the place-th line with these words stands for."""
    row = page.locator("#list tbody tr", has_text=words).nth(at)
    return row.locator("input[name=line]").get_attribute("value") or ""


def all_but_two_lines_are_confirmed(money: Money) -> None:
    """Seven of nine are ticked: not the third box's handling, not the second seal."""
    phone = to_answer(money)
    page = phone.page
    left = {line_of(page, "码头操作费", 2), line_of(page, "铅封费", 1)}
    ticks = page.locator("input[name=line]")
    expect(ticks).to_have_count(9)
    for each in ticks.all():
        if each.get_attribute("value") not in left:
            each.check()
    phone.look(money.name("ticked"))
    follow(page.locator("#pick .btn-primary"))
    phone.look(money.name("confirm"))
    sent(page)
    page.wait_for_url(BILL)
    expect(page.locator(".note-good").first).to_be_visible()
    page.goto(f"{page.url}?state=open")
    expect(page.locator("input[name=line]")).to_have_count(2)


def one_line_is_disputed_with_a_photograph(money: Money) -> None:
    """More than the line comes to is refused, and nothing that was typed is lost; then 886.00 with a photograph."""
    phone = to_answer(money)
    page = phone.page
    page.locator("#list tbody tr", has_text="码头操作费").locator("input[name=line]").check()
    page.locator("#pick .btn-plain").click()
    amount = page.locator("input[name^=amount_]")
    expect(amount).to_have_value(re.compile(r"886(\.00)?$"))
    amount.fill("886.01")
    page.select_option("[name=reason]", "rate")
    page.fill("[name=text]", WHY)
    sent(page)
    expect(page.locator("input[name^=amount_][aria-invalid=true]")).to_have_value("886.01")
    expect(page.locator("[name=text]")).to_have_value(WHY)
    expect(page.locator("[name=reason]")).to_have_value("rate")
    phone.look(money.name("too-much"))
    page.locator("input[name^=amount_]").fill("886")
    page.set_input_files("[name=files]", PHOTO)
    sent(page)
    page.wait_for_url(DISPUTE)
    expect(page.locator(".files a").first).to_contain_text("柜门.jpg")
    phone.look(money.name("disputed"))


def what_was_read_is_out_of_date_once_the_dispute_is_decided(money: Money) -> None:
    """Finance grants 300 while the buyer reads revision 1: its yes to that counts for nothing, the one to 2 does."""
    phone = to_answer(money)
    page = phone.page
    page.locator("input[name=line]").first.check()
    page.locator("#pick .btn-primary").click()
    expect(page.locator("form[action*='/revisions/1/confirm']")).to_be_visible()
    dispute_is_granted_in_part(money)
    sent(page)
    phone.look(money.name("outdated"))
    expect(page.locator("main .form-buttons a.btn-primary")).to_be_visible()
    page.locator("main .form-buttons a.btn-primary").click()
    page.locator("a[href*='/revisions/2/confirm']").first.click()
    sent(page)
    page.wait_for_url(BILL)
    expect(page.locator(".page-lead .chip").first).to_have_class("chip chip-good")
    expect(page.locator("#revisions .item")).to_have_count(2)
    phone.look(money.name("confirmed"))


def dispute_is_granted_in_part(money: Money) -> None:
    """More than is disputed is refused; 300 are granted with the reason."""
    desk = money.desk()
    page = desk.page
    page.goto(f"/desk/disputes?q={money.code}")
    page.locator(".list .row-link").first.click()
    accept = page.locator("form[action$='/accept']")
    accept.locator("#accept-amount").fill("900")
    accept.locator("#accept-reason").fill("第三只柜只用了半天")
    accept.locator(".form-buttons [type=submit]").click()
    expect(page.locator("#accept-amount[aria-invalid=true]")).to_have_value("900")
    expect(accept.locator("#accept-reason")).to_have_value("第三只柜只用了半天")
    accept.locator("#accept-amount").fill("300")
    desk.look("money-decide")
    accept.locator(".form-buttons [type=submit]").click()
    expect(page.locator(".page-lead .chip").first).to_have_class("chip chip-good")
    desk.look("money-decided")


def an_invoice_is_asked_for(money: Money) -> None:
    """A special one needs a tax number: refused without, and what was typed stays."""
    phone = money.phone()
    page = phone.page
    page.goto("/my/invoices")
    page.locator("a[href$='/my/invoices/new']").first.click()
    page.fill("[name=send_to]", "finance@reef.example")
    page.fill("[name=tax_number]", "")
    sent(page)
    expect(page.locator("[name=tax_number][aria-invalid=true]")).to_be_visible()
    expect(page.locator("[name=send_to]")).to_have_value("finance@reef.example")
    page.fill("[name=tax_number]", "91310000MA1REEF001")
    phone.look(money.name("ask-invoice"))
    sent(page)
    expect(page.locator(".page-lead .chip").first).to_be_visible()
    phone.look(money.name("asked-invoice"))


def the_invoice_is_registered(money: Money) -> None:
    """A number of five digits is refused, and what was typed stays; then one of twenty."""
    desk = money.desk()
    page = desk.page
    page.goto(f"/desk/invoices/requests?q={money.code}")
    follow(page.locator(".list .row-link").first)
    desk.look("money-request")
    page.locator("a[href*='/invoices/new?request=']").click()
    page.fill("[name=number]", "12345")
    page.fill("[name=remark]", "合同项下海运及港杂")
    sent(page)
    expect(page.locator("[name=number][aria-invalid=true]")).to_have_value("12345")
    expect(page.locator("[name=remark]")).to_have_value("合同项下海运及港杂")
    desk.look("money-invoice-wrong")
    page.fill("[name=number]", f"263170000000{'1' if money.scripts else '2'}0009999")
    sent(page)
    page.wait_for_url(re.compile(r"/desk/invoices/\d+$"))
    desk.look("money-invoice")


def the_money_comes_in(money: Money, number: str) -> None:
    """100 more than is owed: more than is open cannot be paid on the statement, the rest stays in advance."""
    owed = to_pay(money, number)
    desk = money.desk()
    page = desk.page
    page.goto(f"/desk/receipts/new?q={money.code}")
    page.locator("main .items a").first.click()
    page.fill("[name=amount]", str(owed + 100))
    page.fill("[name=bank_reference]", f"BOC-{money.code}")
    sent(page)
    page.wait_for_url(re.compile(r"/desk/receipts/\d+$"))
    cell = page.locator("#allocate tbody input").first
    expect(cell).to_have_value(re.compile(re.escape(str(owed))))
    cell.fill(str(owed + 1))
    page.locator("#allocate [type=submit]").click()
    expect(page.locator("#allocate tbody input[aria-invalid=true]")).to_have_value(str(owed + 1))
    desk.look("money-allocate-too-much")
    page.locator("#allocate tbody input").first.fill(str(owed))
    page.locator("#allocate [type=submit]").click()
    expect(page.locator("main table tbody a", has_text=number).first).to_be_visible()
    expect(page.locator(".stats")).to_contain_text("100.00")
    desk.look("money-receipt")


def to_pay(money: Money, number: str) -> Decimal:
    """What the buyer's phone says is open of a statement."""
    page = money.phone().open("/my/payments", money.name("to-pay"))
    row = page.locator("main table tbody tr", has_text=number)
    return Decimal(row.locator("strong").inner_text().replace(",", ""))


def it_is_seen_paid(money: Money, number: str) -> None:
    """Nothing is open at the buyer's, 100 are paid in advance; the bill says that it is paid."""
    phone = money.phone()
    page = phone.open("/my/payments", money.name("payments"))
    expect(page.locator("main")).to_contain_text("100.00")
    expect(page.locator("main .item", has_text=number)).to_be_visible()
    page.goto("/my/statements")
    phone.look(money.name("bills-paid"))
    follow(page.locator("#list tbody th a").first)
    phone.look(money.name("paid"))
    page = phone.open("/my/invoices", money.name("invoices"))
    expect(page.locator("#list tbody tr")).to_have_count(1)
