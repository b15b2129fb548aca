"""Files beside a record: who may fetch one, who may take it off, and that nothing in it runs."""

from __future__ import annotations

from datetime import datetime

import pytest

from portal.db.base import db
from portal.documents.actions import attaching
from portal.documents.models import Attachment
from portal.documents.rules.files import FileKind
from portal.kernel.errors import Invalid
from portal.shipments.models import Shipment
from portal.web.uploads import Upload
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.factories import add

PDF = Upload(b"%PDF-1.7 signed", "提单 HLCU.pdf", "pdf")


@pytest.fixture
def shipment(cast: Cast) -> Shipment:
    return add(Shipment(customer_id=cast.harbour.id, number="SH-2026-000001"))


def attached(shipment: Shipment, cast: Cast, now: datetime, **more: bool) -> Attachment:
    row = attaching.attach(
        shipment, PDF, FileKind.BILL_OF_LADING, viewer(cast.customer_service), now, **more
    )
    db.session.commit()
    return row


def test_customer_and_desk_fetch_the_very_bytes_as_a_download(
    client: CheckingClient, cast: Cast, shipment: Shipment, now: datetime
) -> None:
    row_id = attached(shipment, cast, now).id
    for user, door in ((cast.lin, "my"), (cast.customer_service, "desk")):
        answer = client.sign_in(user).get(f"/{door}/files/{row_id}")
        assert answer.data == PDF.body
        assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")


def test_an_internal_file_does_not_exist_for_the_customer(
    client: CheckingClient, cast: Cast, shipment: Shipment, now: datetime
) -> None:
    row_id = attached(shipment, cast, now, is_shared=False).id
    assert client.sign_in(cast.lin).get(f"/my/files/{row_id}").status_code == 404


def test_another_customers_file_does_not_exist(
    client: CheckingClient, cast: Cast, shipment: Shipment, now: datetime
) -> None:
    row_id = attached(shipment, cast, now).id
    assert client.sign_in(cast.erik).get(f"/my/files/{row_id}").status_code == 404


def test_who_may_not_see_the_record_may_not_fetch_its_file(
    client: CheckingClient, cast: Cast, shipment: Shipment, now: datetime
) -> None:
    row_id = attached(shipment, cast, now).id
    assert client.sign_in(cast.clerk).get(f"/my/files/{row_id}").status_code == 403


def test_a_removed_file_is_gone_from_the_record_and_kept_in_its_history(
    client: CheckingClient, cast: Cast, shipment: Shipment, now: datetime
) -> None:
    row_id = attached(shipment, cast, now).id
    desk = client.sign_in(cast.customer_service)
    assert desk.post(f"/desk/files/{row_id}/remove").status_code == 303
    assert desk.get(f"/desk/files/{row_id}").status_code == 404
    assert desk.post(f"/desk/files/{row_id}/remove").status_code == 404


def test_the_auditor_fetches_but_does_not_remove(
    client: CheckingClient, cast: Cast, shipment: Shipment, now: datetime
) -> None:
    row_id = attached(shipment, cast, now).id
    reader = client.sign_in(cast.auditor)
    assert reader.get(f"/desk/files/{row_id}").status_code == 200
    assert reader.post(f"/desk/files/{row_id}/remove").status_code == 403


def test_a_kind_of_file_that_is_not_kept_is_refused_at_the_field(
    cast: Cast, shipment: Shipment, now: datetime
) -> None:
    with pytest.raises(Invalid) as refusal:
        attaching.attach(
            shipment, Upload(b"<script>", "x.html", "csv"), FileKind.OTHER, viewer(cast.sales), now
        )
    assert refusal.value.field == "file"
