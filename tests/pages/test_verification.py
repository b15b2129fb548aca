"""A printed code proves a paper to anybody and tells nothing else."""

from __future__ import annotations

import io
from datetime import datetime

import pytest

from portal.documents.archive import archive
from portal.documents.models import Document
from portal.kernel import clock
from portal.quotations.actions import answering, issuing
from portal.quotations.actions.answering import Signature
from portal.quotations.models import QuotationVersion
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.offers import Sent, fresh, issued, keep, later, quick_press, revised

__all__ = ["quick_press"]
pytestmark = pytest.mark.usefixtures("quick_press")


@pytest.fixture(autouse=True)
def english(client: CheckingClient) -> None:
    """These tests read English."""
    client.set_cookie("lang", "en", domain="portal.test")


def document_of(sent: Sent) -> Document:
    version: QuotationVersion = fresh(sent)
    return issuing.db.session.get_one(Document, version.document_id)


def test_the_code_of_an_issued_paper_says_that_it_is_valid(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    paper = document_of(issued(cast, now))
    code, sha256 = paper.verification_code, paper.sha256
    page = client.get(f"/v/{code}").text
    assert "This paper is valid" in page and "2026-03-02" in page and sha256 in page


def test_the_page_names_no_customer_no_amount_and_no_full_number(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    code = document_of(issued(cast, now)).verification_code
    page = client.get(f"/v/{code}").text
    for word in (
        "海港",
        "Harbour",
        "151,442",
        "20,485",
        "QT-2026-000001",
        "林晓雯",
        "Chen",
        "CNSHA",
    ):
        assert word not in page, word


def test_a_code_is_read_as_people_type_it(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    code = document_of(issued(cast, now)).verification_code
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        answer = client.post("/v", data={"code": typed})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/v/{code}")


@pytest.mark.parametrize("typed", ["", "7K2M", "7K2M-94QX!", "<script>", "0000-0000"])
def test_what_is_no_code_is_told_at_its_field(
    client: CheckingClient, cast: Cast, typed: str
) -> None:
    answer = client.post("/v", data={"code": typed})
    assert answer.status_code == 422 and "code-error" in answer.text
    assert "<script>" not in answer.text.partition("<main")[2]


def test_a_replaced_a_withdrawn_and_an_outdated_paper_say_so(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    first = issued(cast, now)
    code = document_of(first).verification_code
    second = revised(first, cast, now)
    assert "a newer version has replaced it" in client.get(f"/v/{code}").text
    newer = document_of(second).verification_code
    with clock.frozen(later(now, 30)):
        assert "its validity has ended" in client.get(f"/v/{newer}").text
    issuing.withdraw(fresh(second), "irrtum", viewer(cast.sales), now)
    keep(cast)
    page = client.get(f"/v/{newer}").text
    assert "it was withdrawn" in page and "irrtum" not in page


def test_an_answered_paper_says_how_and_time_changes_nothing_about_it(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    buyer, signature = viewer(cast.lin), Signature("林晓雯")
    for decide, said in (
        (lambda version: answering.accept(version, signature, buyer, now), "it was accepted"),
        (lambda version: answering.decline(version, "zu teuer", signature, buyer, now), "declined"),
    ):
        sent = issued(cast, now)
        code = document_of(sent).verification_code
        decide(fresh(sent))
        keep(cast)
        with clock.frozen(later(now, 30)):
            page = client.get(f"/v/{code}").text
        assert said in page and "is valid" not in page and "zu teuer" not in page


def test_a_code_that_no_paper_carries_is_not_found_and_says_what_to_do(
    client: CheckingClient, cast: Cast
) -> None:
    answer = client.get("/v/AAAA-AAAA")
    assert answer.status_code == 404 and "please call us" in answer.text
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_the_issued_file_is_found_unaltered_and_a_changed_one_altered(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    paper = document_of(issued(cast, now))
    code, content = paper.verification_code, archive().read(paper.sha256)
    same = client.post(f"/v/{code}", data={"file": (io.BytesIO(content), "a.pdf")})
    assert "Unaltered." in same.text
    changed = content.replace(b"151,442.11", b"101,442.11")
    assert changed != content
    altered = client.post(f"/v/{code}", data={"file": (io.BytesIO(changed), "a.pdf")})
    assert "Altered." in altered.text and "Unaltered." not in altered.text


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a pdf", b"plain words"])
def test_a_file_that_is_no_pdf_is_refused_at_its_field(
    client: CheckingClient, cast: Cast, now: datetime, content: bytes
) -> None:
    code = document_of(issued(cast, now)).verification_code
    answer = client.post(f"/v/{code}", data={"file": (io.BytesIO(content), "a.pdf")})
    assert answer.status_code == 422 and "file-error" in answer.text


def test_guessing_codes_ends_with_being_asked_to_wait(
    client: CheckingClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(client.application.config, "GUESS_LIMIT", "2 per hour")
    somewhere = {"REMOTE_ADDR": "203.0.113.8"}
    answers = [client.get("/v/AAAA-AAAA", environ_base=somewhere).status_code for _ in range(4)]
    assert answers == [404, 404, 429, 429]
