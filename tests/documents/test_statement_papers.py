"""A stored statement as a paper: what is printed is what was published, once, and the worker never forgets one."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import pypdf
import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.billing.actions import papers, printing, revising
from portal.billing.models import StatementRevision
from portal.billing.rules.statement_paper import LARGE_STATEMENT
from portal.billing.rules.states import PaperState, StatementState
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.db.base import db
from portal.documents import render, verification
from portal.documents.archive import archive
from portal.documents.models import Document
from portal.documents.render import PressBusy, PressFailed
from portal.kernel.text import t
from portal.usage.actions import at_work
from tests.cast import customer
from tests.statements import a_line, a_statement

D = Decimal
PUBLISHED = StatementState.PUBLISHED


@pytest.fixture
def published(cast, press):
    """A published statement of two lines, of last month, in Chinese and English."""
    statement = a_statement(cast.harbour, state=PUBLISHED)
    db.session.commit()
    return statement


def revision_of(statement) -> StatementRevision:
    return db.session.scalars(
        select(StatementRevision).where(StatementRevision.statement_id == statement.id)
    ).one()


def text_of(content: bytes) -> str:
    return "".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(content)).pages)


def test_a_printed_revision_says_what_was_published_and_is_called_as_trade_calls_it(published, now):
    document = papers.print_revision(revision_of(published), SYSTEM, now)
    text = text_of(archive().read(document.sha256))
    assert document.file_name == f"海港食品_对账单_2026-02_{published.number}.pdf"
    assert (document.kind, document.number, document.state) == (
        "statement",
        published.number,
        "valid",
    )
    for shown in (published.number, "装卸费", "送货费", "157.00", document.verification_code):
        assert shown in text


def test_a_revision_is_printed_once(published, now):
    first = papers.print_revision(revision_of(published), SYSTEM, now)
    assert papers.print_revision(revision_of(published), SYSTEM, now + timedelta(days=1)) is first
    assert revision_of(published).paper_state == PaperState.READY


def test_a_newer_revision_makes_the_printed_one_worth_nothing(published, now):
    document = papers.print_revision(revision_of(published), SYSTEM, now)
    revising.revise(
        published, (), (a_line("12", served=published.customer),), "补一笔", SYSTEM, now
    )
    proof = verification.proof_of(document.verification_code, now.date())
    assert proof and proof.standing == "superseded"


def test_an_older_revision_that_is_printed_late_is_worth_nothing_from_the_start(published, now):
    first = revision_of(published)
    revising.revise(
        published, (), (a_line("12", served=published.customer),), "补一笔", SYSTEM, now
    )
    assert papers.print_revision(first, SYSTEM, now).state == "superseded"
    second = db.session.scalar(select(StatementRevision).where(StatementRevision.number == 2))
    late = papers.print_revision(second, SYSTEM, now)
    assert (late.state, late.number) == ("valid", f"{published.number}-R2")
    assert "补一笔" in text_of(archive().read(late.sha256))


def test_sums_on_paper_are_those_of_the_stored_lines(cast, now):
    nine = TaxTerms(TaxKind.TAXED, D(9), inclusive=False)
    lines = [
        a_line("33.33", "3"), a_line("100", tax=nine, tax_class="transport_9"),
        a_line("50", served=customer("HARBOUR-N", "海港宁波", "Harbour Ningbo")),
    ]  # fmt: skip
    statement = a_statement(cast.harbour, lines, PUBLISHED)
    paper = papers.statement_paper(statement, revision_of(statement), now=now)
    assert (paper.sums.net, paper.sums.tax, paper.sums.gross) == (
        statement.net_amount, statement.tax_amount, statement.gross_amount
    )  # fmt: skip
    assert [each.name.zh for each in paper.sections] == ["海港食品有限公司", "海港宁波"]
    for sums in (paper.by_tax, paper.by_service, paper.sections):
        assert sum((each.sums.gross for each in sums), D(0)) == statement.gross_amount


def test_no_note_stands_on_the_paper(cast, now, press):
    line = a_line("100", note="内部：客户要求低价")
    statement = a_statement(cast.harbour, [line], PUBLISHED, note="内部备注")
    html = papers.preview(statement, now, revision_of(statement))
    assert "内部" not in html and "送货费" not in html and "装卸费" in html


def test_silence_is_mentioned_only_where_it_counts(published, now):
    revision = revision_of(published)
    assert "视为确认" not in papers.preview(published, now, revision)
    published.deemed_on = date(2026, 3, 12)
    assert "至 2026年3月12日止未提出异议的，视为确认" in papers.preview(published, now, revision)


def test_a_draft_is_previewed_as_a_draft_and_nothing_is_kept(cast, now):
    statement = a_statement(cast.harbour)
    assert "草稿" in papers.preview(statement, now)
    assert db.session.scalar(select(Document.id)) is None


def test_an_english_statement_has_an_english_paper_and_file_name(published, now):
    published.language = "en"
    document = papers.print_revision(revision_of(published), SYSTEM, now)
    assert "_Statement_2026-02_" in document.file_name
    assert "Handling" in text_of(archive().read(document.sha256))


def test_the_worker_prints_what_waits_and_says_how_many(published, now):
    assert printing.print_waiting(now) == 1
    assert printing.print_waiting(now) == 0
    assert revision_of(published).document_id is not None


def test_what_a_dead_worker_left_printing_is_taken_up(published, now):
    revision_of(published).paper_state = PaperState.PRINTING.value
    db.session.commit()
    assert printing.print_waiting(now) == 1


def test_what_another_worker_prints_is_left_to_it(published, now):
    revision_id = revision_of(published).id
    with at_work.holding(printing._folder(), revision_id):
        assert printing.print_waiting(now) == 0
    assert printing.print_waiting(now) == 1


def refuse(error):
    def refused(*_args, **_kwargs):
        raise error

    return refused


def test_a_press_that_fails_is_tried_again_and_given_up_after_some_tries(
    published, now, monkeypatch
):
    monkeypatch.setattr(render, "render", refuse(PressFailed(t("No."), "died")))
    for _ in range(printing.MOST_TRIES + 2):
        assert printing.print_waiting(now) == 0
    revision = revision_of(published)
    assert (revision.paper_state, revision.paper_tries) == ("failed", printing.MOST_TRIES)
    monkeypatch.undo()
    assert printing.print_waiting(now) == 0
    printing.print_again(revision)
    db.session.commit()
    assert printing.print_waiting(now) == 1


def test_a_busy_press_costs_no_try(published, now, monkeypatch):
    monkeypatch.setattr(render, "render", refuse(PressBusy(t("Busy."))))
    assert printing.print_waiting(now) == 0
    assert (revision_of(published).paper_state, revision_of(published).paper_tries) == (
        "waiting",
        0,
    )


def test_progress_counts_pages_while_it_prints_and_is_silent_otherwise(
    cast, now, press, monkeypatch
):
    lines = [a_line("10", reference=f"R{n}") for n in range(LARGE_STATEMENT + 60)]
    statement = a_statement(cast.harbour, lines, PUBLISHED)
    db.session.commit()
    seen = []
    real = render.render

    def watched(template, facts, language, tell):
        def told(page: int) -> None:
            tell(page)
            seen.append(printing.progress(revision_of(statement)))

        return real(template, facts, language, told)

    monkeypatch.setattr(render, "render", watched)
    assert printing.print_waiting(now) == 1
    assert [each.done for each in seen] == list(range(1, len(seen) + 1)) and len(seen) >= 4
    assert all(each.total >= each.done for each in seen)
    assert printing.progress(revision_of(statement)).total == 0


def test_the_desk_previews_a_statement_in_the_firm_s_look(cast, client, published, now):
    client.sign_in(cast.finance)
    page = client.get(f"/desk/statements/{published.id}/paper").get_data(as_text=True)
    assert published.number in page and "paper=statement" in page
    sheet = client.get("/desk/contracts/paper.css?paper=statement").get_data(as_text=True)
    assert ".balance" in sheet and "var(--paper-text)" not in sheet
    assert ".balance" not in client.get("/desk/contracts/paper.css?paper=x").get_data(as_text=True)
