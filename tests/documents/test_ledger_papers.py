"""Credit notes, dunning letters and accounts out of the books: assembled, printed once, kept, proved."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import pypdf
import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.actions import credit_papers, crediting
from portal.billing.actions.crediting import Ask
from portal.billing.rules.states import StatementState
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.db.base import db
from portal.documents import render
from portal.documents.archive import archive
from portal.documents.models import Document
from portal.documents.render import PressFailed
from portal.jobs import papers as job
from portal.kernel.errors import Invalid, NotAllowedNow
from portal.kernel.text import t
from portal.receivables.actions import dunning, papers
from portal.receivables.models import DunningNotice
from tests.cast import viewer
from tests.money import owed, received
from tests.statements import a_statement, lines

D = Decimal
SIX = TaxTerms(TaxKind.TAXED, D(6))
TODAY = date(2026, 3, 2)


def text_of(document: Document) -> str:
    found = pypdf.PdfReader(io.BytesIO(archive().read(document.sha256))).pages
    return "".join(each.extract_text() for each in found)


@pytest.fixture
def letter(cast, now, press) -> DunningNotice:
    """Two bills sixteen days late, one of them partly disputed."""
    dunning.seed_steps(SYSTEM, now)
    owed(cast.harbour, "1000", TODAY - timedelta(days=16), now)
    owed(cast.harbour, "500", TODAY - timedelta(days=16), now, disputed="120")
    (notice,) = dunning.remind(cast.harbour.id, "CNY", now)
    db.session.commit()
    return notice


def test_a_credit_for_a_line_prints_the_line_its_statement_and_the_reason(cast, now, press):
    statement = a_statement(cast.harbour, state=StatementState.PUBLISHED)
    ask = Ask(D("50"), "重复计收", lines(statement)[1])
    credit = crediting.propose(cast.harbour, ask, "goodwill", None, viewer(cast.finance), now)
    document = credit_papers.print_credit(credit, viewer(cast.finance), now)
    assert document.file_name == f"海港食品_贷项通知单_{credit.number}.pdf"
    for shown in (credit.number, statement.number, "送货费", "重复计收", "CNY 50.00", "伍拾元整"):
        assert shown in text_of(document)
    assert credit_papers.print_credit(credit, SYSTEM, now) is document


def test_a_credit_that_nobody_approved_is_previewed_as_a_draft_and_not_printed(cast, now):
    ask = Ask(D("5000"), "货损补偿", name_zh="货损补偿", tax=SIX, tax_class="service_6")
    credit = crediting.propose(cast.harbour, ask, "goodwill", None, viewer(cast.finance), now)
    assert "草稿" in credit_papers.preview(credit, now)
    with pytest.raises(NotAllowedNow):
        credit_papers.print_credit(credit, viewer(cast.finance), now)


def test_a_letter_asks_for_what_the_notice_says(letter, now):
    paper = papers.dunning_paper(letter, now=now)
    assert paper.asked == letter.amount == D("1380")
    assert [(bill.overdue_days, bill.open, bill.disputed) for bill in paper.bills] == [
        (16, D("1000"), D(0)), (16, D("500"), D("120"))
    ]  # fmt: skip
    assert paper.pay_until == TODAY + timedelta(days=7)


def test_the_worker_prints_letters_once(letter, now):
    assert job.print_waiting(now) == "0 statements, 1 letters"
    assert job.print_waiting(now) == "0 statements, 0 letters"
    db.session.refresh(letter)
    document = db.session.get_one(Document, letter.document_id)
    assert (document.kind, document.number) == ("dunning", letter.number)
    for shown in ("催款函", "OLD-1", "1,000.00", "CNY 1,380.00", "七日内付清"):
        assert shown in text_of(document)


def test_a_letter_that_the_press_refused_is_printed_the_next_time(letter, now, monkeypatch):
    def refused(*_args, **_kwargs):
        raise PressFailed(t("No."), "died")

    monkeypatch.setattr(render, "render", refused)
    assert papers.print_waiting(now) == 0
    assert db.session.scalar(select(Document.id)) is None
    monkeypatch.undo()
    assert papers.print_waiting(now) == 1


def test_an_account_adds_up_and_its_ages_come_to_its_balance(cast, now, press):
    owed(cast.harbour, "1000", TODAY - timedelta(days=40), now)
    owed(cast.harbour, "700", TODAY + timedelta(days=9), now, disputed="80", issued_on=TODAY)
    received(cast.harbour, "250", now)
    owed(cast.harbour, "90", TODAY - timedelta(days=3), now, currency="USD")
    paper = papers.account_paper(
        cast.harbour, TODAY - timedelta(days=10), TODAY, viewer(cast.finance), now=now
    )
    yuan, dollars = paper.sections
    assert (yuan.opening, yuan.debit, yuan.credit, yuan.closing) == (1000, 700, 250, 1450)
    assert sum(cell.amount for cell in yuan.ageing) + yuan.disputed - yuan.prepaid == yuan.closing
    assert (dollars.opening, dollars.closing, yuan.disputed) == (0, 90, 80)


def test_an_account_is_printed_with_every_document_and_its_balance(cast, now, press):
    owed(cast.harbour, "1000", TODAY - timedelta(days=40), now)
    receipt = received(cast.harbour, "250", now)
    document = papers.print_account(
        cast.harbour, TODAY - timedelta(days=60), TODAY, viewer(cast.finance), now
    )
    assert document.file_name == "海港食品_往来对账单_20260101-20260302.pdf"
    for shown in ("往来对账单", "OLD-1", receipt.number, "750.00", "回执"):
        assert shown in text_of(document)


def test_an_account_does_not_end_before_it_begins(cast, now):
    with pytest.raises(Invalid):
        papers.account_paper(cast.harbour, TODAY, TODAY - timedelta(days=1), SYSTEM, now=now)


def test_anybody_with_the_paper_may_prove_it(cast, client, now, press):
    owed(cast.harbour, "1000", TODAY - timedelta(days=40), now)
    document = papers.print_account(cast.harbour, TODAY, TODAY, viewer(cast.finance), now)
    db.session.commit()
    page = client.get(f"/v/{document.verification_code}").get_data(as_text=True)
    assert "HAR" in page and "海港" not in page and "1,000.00" not in page
