"""A version becomes its paper: what stands on it, what never does, and what is kept of it."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal

import pytest

from portal.documents.archive import archive
from portal.documents.models import Document
from portal.documents.rules.words import PaperLanguage
from portal.quotations.actions import answering, drafting, grid, issuing, lines
from portal.quotations.actions.answering import Outdated, Signature
from portal.quotations.actions.paper_facts import plain
from portal.quotations.actions.papers import file_name_of, paper_of, preview, print_version
from portal.quotations.models import QuotationVersion
from portal.quotations.rules.paper import Column, QuotationPaper
from tests.cast import Cast, viewer
from tests.offers import SECRET, draft, firm, fresh, issued, later, offer_of, quick_press, revised

__all__ = ["quick_press"]
pytestmark = pytest.mark.usefixtures("quick_press")
D = Decimal


def drafted(cast: Cast, now: datetime) -> QuotationVersion:
    """G1 as a draft, the firm's settings written."""
    firm()
    version = drafting.latest_version(draft(cast, now))
    drafting.change_offer(version, offer_of(version), viewer(cast.sales), now)
    return version


def edited(
    version: QuotationVersion, cast: Cast, now: datetime, code: str, **more: object
) -> QuotationPaper:
    """The paper after an edit of one charge."""
    row = next(row for row in version.lines if row.charge_code == code)
    grid.edit_lines(version, [grid.LineEdit(row.id, **more)], viewer(cast.sales), now)  # type: ignore[arg-type]
    return paper_of(version, now)


def charge(paper: QuotationPaper, code: str):  # type: ignore[no-untyped-def]
    return next(
        n
        for section in paper.sections
        for n in section.lines
        if n.code == code or n.name.en == code
    )


def test_the_golden_fcl_case_is_printed_to_the_cent(cast: Cast, now: datetime) -> None:
    paper = paper_of(drafted(cast, now), now)
    assert paper.grand_total is not None
    assert paper.grand_total.amount == D("151442.11")
    assert paper.grand_total.in_words.zh == "人民币壹拾伍万壹仟肆佰肆拾贰元壹角壹分"
    assert [(t.currency, t.gross, t.converted) for t in paper.totals] == [
        ("USD", D("20485.00"), D("145976.11")),
        ("CNY", D("5466.00"), D("5466.00")),
    ]
    assert [[(s.currency, s.amount) for s in group.subtotals] for group in paper.sections] == [
        [("USD", D("20485.00"))],
        [("CNY", D("5466.00"))],
    ]


def test_the_paper_says_who_what_where_and_until_when(cast: Cast, now: datetime) -> None:
    paper = paper_of(drafted(cast, now), now)
    (lane,) = paper.lanes
    assert (lane.origin.name.zh, lane.origin.code, lane.destination.name.en) == (
        "上海",
        "CNSHA",
        "New York",
    )
    assert [words.zh for words in lane.carriage] == ["中远海运集运", "约 28 天"]
    facts = {fact.label: fact.value.zh for fact in paper.facts}
    assert facts["boxes"] == "2×20GP 3×40GP 1×40HQ" and facts["box_count"] == "6 / 10 TEU"
    assert facts["gross_weight"] == "86.4 t" and facts["incoterm"] == "FOB 上海"
    assert (paper.customer.name.zh, paper.customer.person.zh) == (
        "海港食品有限公司",
        "林晓雯 物流经理",
    )
    assert (paper.sender.name.zh, paper.valid_until) == ("Chen Li", date(2026, 3, 16))
    assert [account.currency for account in paper.firm.accounts] == ["CNY", "USD"]


def test_accounts_in_other_currencies_are_left_out(cast: Cast, now: datetime) -> None:
    version = drafted(cast, now)
    for row in [row for row in version.lines if row.currency == "USD"]:
        grid.edit_lines(version, [grid.LineEdit(row.id, remove=True)], viewer(cast.sales), now)
    assert [account.currency for account in paper_of(version, now).firm.accounts] == ["CNY"]


def test_nothing_internal_is_in_a_paper(cast: Cast, now: datetime) -> None:
    version = drafted(cast, now)
    paper = edited(version, cast, now, "THC", rate=D(600), reason="对手更便宜-4711")
    told = repr(paper)
    for secret in (SECRET, "4711", "FCL-PUB", "1700", "rebate", "margin"):
        assert secret not in told


def test_a_draft_is_marked_and_neither_sealed_nor_provable(cast: Cast, now: datetime) -> None:
    paper = paper_of(drafted(cast, now), now)
    assert (paper.mark.zh, paper.mark.en) == ("草稿", "Draft")
    assert not paper.is_sealed and paper.verification is None
    assert "草稿" in preview(drafting.latest_version(draft(cast, now)), now)


def test_an_issued_paper_is_sealed_unmarked_and_carries_its_proof(
    cast: Cast, now: datetime
) -> None:
    version = fresh(issued(cast, now))
    document = drafting.db.session.get_one(Document, version.document_id)
    html = archive().read(document.sha256).decode()
    assert document.verification_code in html and f"/v/{document.verification_code}" in html
    assert "草稿" not in html and "151,442.11" in html
    assert paper_of(version, now).is_sealed


def test_the_stored_row_says_what_the_stored_bytes_are(cast: Cast, now: datetime) -> None:
    version = fresh(issued(cast, now))
    document = drafting.db.session.get_one(Document, version.document_id)
    content = archive().read(document.sha256)
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (document.sha256, document.size)
    assert (document.kind, document.number, document.state) == (
        "quotation",
        "QT-2026-000001-v1",
        "valid",
    )
    assert (document.valid_until, document.created_at) == ("2026-03-16", now)
    assert document.file_name == "海港食品_报价单_QT-2026-000001-v1.pdf"


def test_an_english_papers_file_has_an_english_name(cast: Cast, now: datetime) -> None:
    version = drafted(cast, now)
    drafting.change_offer(version, offer_of(version, language="en"), viewer(cast.sales), now)
    assert file_name_of(version) == "Harbour Foods Ltd_Quotation_QT-2026-000001-v1.pdf"


@pytest.mark.parametrize(
    ("language", "there", "not_there"),
    [("zh", "报价单", "QUOTATION"), ("en", "Quotation", "报价单"), ("zh_en", "QUOTATION", "\0")],
)
def test_a_paper_is_chinese_english_or_both(
    cast: Cast, now: datetime, language: str, there: str, not_there: str
) -> None:
    version = drafted(cast, now)
    drafting.change_offer(version, offer_of(version, language=language), viewer(cast.sales), now)
    html = preview(version, now)
    assert there in html and not_there not in html


def test_typed_markup_and_template_signs_are_printed_as_text(cast: Cast, now: datetime) -> None:
    version = drafted(cast, now)
    evil = "<script>alert(1)</script> {{ 7 * 7 }} {% raw %}"
    terms = ((evil, evil),)
    drafting.change_offer(
        version, offer_of(version, terms=terms, note=evil), viewer(cast.sales), now
    )
    facts = drafting.ShipmentFacts("sea", "CNSHA", "USNYC", goods=evil[:60], carrier=evil[:30])
    drafting.change_facts(version, facts, viewer(cast.sales), now)
    html = preview(version, now)
    assert "<script>alert(1)" not in html and "&lt;script&gt;alert(1)" in html
    assert "{{ 7 * 7 }}" in html and "49 " not in html


def test_a_charge_on_request_prints_no_figure_and_counts_nowhere(cast: Cast, now: datetime) -> None:
    version = drafted(cast, now)
    paper = edited(version, cast, now, "DOC", is_on_request=True)
    assert charge(paper, "DOC").on_request
    assert paper.grand_total is not None and paper.grand_total.amount == D("150992.11")
    assert "另询" in preview(version, now)


def test_charges_of_nothing_are_hidden_where_the_offer_says_so(cast: Cast, now: datetime) -> None:
    version = drafted(cast, now)
    paper = edited(version, cast, now, "DOC", rate=D(0), reason="免收")
    assert charge(paper, "DOC").is_free
    shown = [n.code or n.name.en for section in paper.charged_sections for n in section.lines]
    assert "DOC" not in shown
    drafting.change_offer(
        version, offer_of(version, hides_zero_lines=False), viewer(cast.sales), now
    )
    shown = [n.code or n.name.en for s in paper_of(version, now).charged_sections for n in s.lines]
    assert "DOC" in shown


def test_collect_charges_stand_apart_and_out_of_the_total(cast: Cast, now: datetime) -> None:
    version = drafted(cast, now)
    paper = edited(version, cast, now, "DOC", is_collect=True)
    assert [n.name.en for section in paper.collect_sections for n in section.lines] == ["DOC"]
    assert paper.grand_total is not None and paper.grand_total.amount == D("150992.11")


def test_a_discount_is_told_where_price_times_quantity_is_not_the_amount(
    cast: Cast, now: datetime
) -> None:
    paper = edited(drafted(cast, now), cast, now, "DOC", discount=D(10))
    assert charge(paper, "DOC").note.zh == "折扣 10%" and charge(paper, "DOC").amount == D("405.00")


def exclusive(
    version: QuotationVersion, codes: tuple[str, ...], cast: Cast, now: datetime
) -> QuotationPaper:
    """The paper with these charges priced without their tax."""
    for row in version.lines:
        if row.charge_code in codes:
            lines.set_tax(row, "service_6", False, now)
    lines.done(version, viewer(cast.sales), now, {})
    return paper_of(version, now)


def test_prices_without_tax_print_net_and_add_the_tax_below(cast: Cast, now: datetime) -> None:
    version = drafted(cast, now)
    paper = exclusive(version, ("THC", "DOC", "SEAL"), cast, now)
    assert not paper.prices_include_tax and not paper.is_landscape
    assert charge(paper, "DOC").amount == D("450.00")
    taxed = next(total for total in paper.tax_totals if total.label.zh == "6%")
    assert (taxed.net, taxed.tax, taxed.gross) == (D("5466.00"), D("327.96"), D("5793.96"))


def test_mixed_prices_print_net_tax_and_amount_beside_each_other(cast: Cast, now: datetime) -> None:
    paper = exclusive(drafted(cast, now), ("DOC",), cast, now)
    assert paper.is_landscape and {Column.NET, Column.TAX} <= set(paper.columns)
    printed = charge(paper, "DOC")
    assert (printed.net, printed.tax, printed.amount) == (D("450.00"), D("27.00"), D("477.00"))


@pytest.mark.parametrize("codes", [(), ("DOC",), ("THC", "DOC", "SEAL")])
def test_the_printed_totals_are_the_stored_ones_however_tax_is_shown(
    cast: Cast, now: datetime, codes: tuple[str, ...]
) -> None:
    version = drafted(cast, now)
    paper = exclusive(version, codes, cast, now)
    (stored,) = version.totals["options"]
    assert {t.currency: t.gross for t in paper.totals} == {
        c: D(a) for c, a in stored["subtotals"].items()
    }
    assert all(t.net + t.tax == t.gross for t in paper.totals)
    assert paper.grand_total is not None and paper.grand_total.amount == version.total_amount


def test_options_stand_side_by_side_each_with_its_stored_total(cast: Cast, now: datetime) -> None:
    version = drafted(cast, now)
    freight = [row for row in version.lines if row.charge_code == "O/F"]
    for row, option in zip(freight, ("COSCO", "MSK", "MSK"), strict=True):
        row.option = option
    lines.done(version, viewer(cast.sales), now, {})
    paper = paper_of(version, now)
    assert paper.comparison is not None and paper.grand_total is None and paper.sections == ()
    assert [option.title.zh for option in paper.comparison.options] == ["中远海运集运", "马士基"]
    assert [option.converted.amount for option in paper.comparison.options if option.converted] == [
        D(each["total"]) for each in version.totals["options"]
    ]


def test_what_is_read_back_from_the_database_prints_the_same(cast: Cast, now: datetime) -> None:
    version = drafted(cast, now)
    before = preview(version, now)
    drafting.db.session.commit()
    drafting.db.session.expire_all()
    assert preview(drafting.db.session.get_one(QuotationVersion, version.id), now) == before


@pytest.mark.parametrize(
    ("stored", "read"),
    [("10.000000", "10"), ("2.340000", "2.34"), ("0.000000", "0"), ("1200", "1200")],
)
def test_a_quantity_reads_without_idle_zeros(stored: str, read: str) -> None:
    assert str(plain(D(stored))) == read


def test_a_frozen_version_prints_in_the_language_of_its_reader_on_screen(
    cast: Cast, now: datetime
) -> None:
    paper = paper_of(drafted(cast, now), now, language=PaperLanguage.EN)
    assert paper.sections[0].lines[0].name.en == "O/F 20GP"
    assert (
        paper_of(drafting.latest_version(draft(cast, now)), now).sections[0].lines[0].name.en
        == "O/F"
    )


def test_one_version_is_issued_at_a_time_and_the_older_paper_says_so(
    cast: Cast, now: datetime
) -> None:
    first = issued(cast, now)
    second = revised(first, cast, now)
    states = [fresh(each).state for each in (first, second)]
    papers = [
        drafting.db.session.get_one(Document, fresh(each).document_id).state
        for each in (first, second)
    ]
    assert states == ["superseded", "issued"] and papers == ["superseded", "valid"]


def test_a_failing_press_leaves_the_version_unissued(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> bytes:
        raise RuntimeError("no paper")

    version = drafted(cast, now)
    drafting.db.session.commit()
    monkeypatch.setattr("portal.documents.render.render", broken)
    with pytest.raises(RuntimeError):
        issuing.issue(version, print_version, viewer(cast.sales), now)
    drafting.db.session.rollback()
    assert drafting.db.session.get_one(QuotationVersion, version.id).state == "draft"


def test_a_link_ends_with_the_validity_and_at_the_latest_after_a_month(
    cast: Cast, now: datetime
) -> None:
    sent = issued(cast, now, valid_until=date(2026, 6, 30))
    link, token = answering.make_link(fresh(sent), "周敏", "z@x.example", viewer(cast.sales), now)
    assert link.expires_at == later(now, 30)
    assert token not in repr(vars(link)) and len(token) >= 40


def test_accepting_an_old_version_names_the_current_one(cast: Cast, now: datetime) -> None:
    first = issued(cast, now)
    revised(first, cast, now)
    with pytest.raises(Outdated) as caught:
        answering.accept(fresh(first), Signature("Lin"), viewer(cast.lin), now)
    assert caught.value.current_no == 2
