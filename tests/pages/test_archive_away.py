"""While the bucket with the papers does not answer, pages say so, and nothing is kept by half."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import func, select

from portal.db.base import db
from portal.documents.archive import archive, configure
from portal.documents.bucket import BucketArchive
from portal.documents.models import Document
from portal.quotations.models import QuotationVersion
from tests.bucket import NAME, Bucket, bucket
from tests.cast import Cast
from tests.client import CheckingClient
from tests.offers import draft, firm, keep, quick_press  # noqa: F401 - a fixture

AWAY = [503] * 9


@pytest.fixture
def papers() -> Iterator[Bucket]:
    before = archive()
    with bucket() as server:
        configure(BucketArchive(f"s3://{NAME}", server.settings))
        yield server
    configure(before)


@pytest.mark.usefixtures("quick_press")
def test_a_paper_that_cannot_be_stored_leaves_the_quotation_a_draft_and_can_be_issued_later(
    client: CheckingClient, cast: Cast, papers: Bucket, now: datetime
) -> None:
    firm()
    address = f"/desk/quotations/{draft(cast, now).id}"
    keep(cast)
    desk = client.sign_in(cast.sales)
    papers.fails = list(AWAY)
    refused = desk.post(f"{address}/issue")
    assert refused.status_code == 503 and "The archive cannot be reached" in refused.text
    papers.fails = []
    assert papers.objects == {}
    assert db.session.scalar(select(QuotationVersion.state)) == "draft"
    assert db.session.scalar(select(func.count(Document.id))) == 0
    assert "Issued." in desk.post(f"{address}/issue", follow_redirects=True).text
    papers.fails = list(AWAY)
    lin = client.sign_in(cast.lin).get(f"/my{address.removeprefix('/desk')}/versions/1/paper")
    assert lin.status_code == 503 and "cannot be reached" in lin.text
