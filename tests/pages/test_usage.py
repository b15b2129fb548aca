"""Usage on the pages of both doors."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.contracts.models import Entitlement
from portal.db.base import db
from portal.jobs import batches as job
from portal.kernel.pinyin import search_words
from portal.usage.actions import recording
from portal.usage.models import ImportBatch, UsageRecord
from portal.usage.rules.facts import UsageFact
from portal.usage.rules.states import BatchState, UsageState
from tests.cast import Cast
from tests.chain import entitled, handling
from tests.client import CheckingClient
from tests.offers import keep

D = Decimal
HEADS = "Customer code,Item code,Quantity,Unit,Date,Reference\n"


@pytest.fixture
def bought(cast: Cast, now: datetime) -> int:
    """The id of an entitlement of Harbour Foods, found by its words, with 5 left."""
    cast.harbour.search_text = search_words("HARBOUR", "海港食品")
    row = entitled(cast, now)
    db.session.commit()
    return row.id


def told(cast: Cast, now: datetime, quantity: str = "2", reference: str = "R-1", **more: Any) -> int:  # fmt: skip
    values: dict[str, Any] = {"used_on": date(2026, 2, 10), "item_code": handling().code, **more}
    fact = UsageFact(
        cast.harbour.id, D(quantity), "XPX", source="wms", reference=reference, **values
    )
    usage_id = recording.record(fact, SYSTEM, now).id
    keep(cast)
    return usage_id


def stored(usage_id: int) -> UsageRecord:
    return db.session.get_one(UsageRecord, usage_id, populate_existing=True)


def left(entitlement_id: int) -> Decimal:
    row = db.session.get_one(Entitlement, entitlement_id, populate_existing=True)
    return row.remaining


def sent_file(client: CheckingClient, body: str, name: str = "usage.csv") -> Any:
    file = (io.BytesIO(body.encode()), name)
    return client.post("/desk/usage/import", data={"file": file, "source": "wms"})


def latest_batch() -> ImportBatch:
    return db.session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).first()


def test_staff_record_usage_for_a_customer_found_by_words(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    client.sign_in(cast.customer_service)
    url = f"/desk/usage/new?customer_id={cast.harbour.id}"
    assert url in client.get("/desk/usage/new?q=haigang").text
    assert "HANDLING · pallet" in client.get(url).text
    item = db.session.get_one(Entitlement, bought).item_id
    answer = client.post(
        url, data={"item_id": item, "quantity": "2", "unit": "", "used_on": "2026-03-01"}
    )
    assert answer.status_code == 303 and left(bought) == D(3)
    row = db.session.scalars(select(UsageRecord)).one()
    assert (row.source, row.reference, row.unit) == ("page", "US-2026-000001", "XPX")


def test_a_wrong_field_keeps_what_was_typed_and_saves_nothing(
    client: CheckingClient, cast: Cast, bought: int
) -> None:
    url = f"/desk/usage/new?customer_id={cast.harbour.id}"
    data = {
        "item_code": "X-9",
        "quantity": "-2",
        "used_on": "2026-03-09",
        "unit": "XPX",
        "note": "kept",
    }
    answer = client.sign_in(cast.customer_service).post(url, data=data)
    assert answer.status_code == 422
    assert "kept" in answer.text and "above zero" in answer.text and "2026-03-02" in answer.text
    assert db.session.scalar(select(func.count(UsageRecord.id))) == 0


def test_a_record_shows_its_facts_what_it_drew_and_its_chain(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    usage_id = told(cast, now)
    number = db.session.get_one(Entitlement, bought).contract.number
    page = client.sign_in(cast.customer_service).get(f"/desk/usage/{usage_id}").text
    for words in ("R-1", number, f"/desk/entitlements/{bought}", "Usage recorded", "Matched"):
        assert words in page


def test_a_reversal_needs_a_reason_and_gives_back(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    usage_id = told(cast, now)
    client.sign_in(cast.finance)
    client.post(f"/desk/usage/{usage_id}/reverse", data={"reason": " "})
    assert left(bought) == D(3)
    client.post(f"/desk/usage/{usage_id}/reverse", data={"reason": "wrong month"})
    assert (left(bought), stored(usage_id).state) == (D(5), UsageState.REVERSED)
    assert "wrong month" in client.get(f"/desk/usage/{usage_id}").text


def test_the_queue_says_why_and_one_click_looks_again(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    usage_id = told(cast, now)
    client.sign_in(cast.customer_service)
    assert "No contract of this customer has this service" in client.get("/desk/usage/queue").text
    keep(cast)
    entitled(cast, now)
    db.session.commit()
    client.post("/desk/usage/queue/retry", data={})
    assert stored(usage_id).state == UsageState.MATCHED
    assert "The queue is empty" in client.get("/desk/usage/queue").text


def test_a_queued_record_is_assigned_from_the_suggestions(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    usage_id = told(cast, now, used_on=date(2025, 12, 30))
    client.sign_in(cast.customer_service)
    page = client.get(f"/desk/usage/{usage_id}").text
    assert f'value="{bought}"' in page and "5 left" in page
    data = {"entitlement_id": bought, "reason": "agreed"}
    client.post(f"/desk/usage/{usage_id}/assign", data=data)
    assert (stored(usage_id).state, left(bought)) == (UsageState.MATCHED, D(3))


def test_assigning_more_than_is_left_says_so_and_keeps_nothing(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    usage_id = told(cast, now, "6")
    client.sign_in(cast.customer_service)
    data = {"entitlement_id": bought, "reason": "try"}
    client.post(f"/desk/usage/{usage_id}/assign", data=data)
    assert "Only 5 pallet are left" in client.get(f"/desk/usage/{usage_id}").text
    assert (stored(usage_id).state, left(bought)) == (UsageState.UNMATCHED, D(5))


def test_a_dismissed_record_shows_its_reason(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    usage_id = told(cast, now)
    client.sign_in(cast.customer_service)
    client.post(f"/desk/usage/{usage_id}/dismiss", data={"reason": "a test"})
    assert stored(usage_id).state == UsageState.DISMISSED
    assert "a test" in client.get(f"/desk/usage/{usage_id}").text


def test_a_file_is_checked_previewed_applied_and_listed(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    code = handling().code
    client.sign_in(cast.customer_service)
    body = f"{HEADS}HARBOUR,{code},2,XPX,2026-02-01,A\nHARBOUR,NEW,1,XPX,2026-02-01,B\n"
    assert sent_file(client, body).status_code == 303
    batch_id = latest_batch().id
    assert "Reading the file" in client.get(f"/desk/usage/imports/{batch_id}").text
    job.work(batch_id)
    page = client.get(f"/desk/usage/imports/{batch_id}").text
    assert "3 pallet" in page and "Apply" in page and "waits in the queue" in page
    client.post(f"/desk/usage/imports/{batch_id}/apply")
    job.work(batch_id)
    assert (
        "2 recorded: 1 drawn, 1 in the queue" in client.get(f"/desk/usage/imports/{batch_id}").text
    )
    assert left(bought) == D(3)
    listed = client.get(f"/desk/usage?batch={batch_id}").text
    assert "usage.csv" in listed and "2 in all" in listed


def test_a_wrong_file_shows_its_problems_and_offers_no_apply(
    client: CheckingClient, cast: Cast, bought: int
) -> None:
    client.sign_in(cast.customer_service)
    sent_file(client, f"{HEADS}NOBODY,X,2,XPX,2026-02-01,A\n")
    batch_id = latest_batch().id
    job.work(batch_id)
    page = client.get(f"/desk/usage/imports/{batch_id}").text
    assert "NOBODY" in page and "the code or the name of a customer" in page
    assert f"/imports/{batch_id}/apply" not in page
    assert client.post(f"/desk/usage/imports/{batch_id}/apply").status_code == 409
    problems = client.get(f"/desk/usage/imports/{batch_id}/problems.csv").text
    assert "NOBODY" in problems


def test_what_is_no_table_is_told_on_the_upload_page(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.customer_service)
    answer = sent_file(client, "\ufeff<html><table></table></html>", "usage.xlsx")
    assert answer.status_code == 422 and "web page" in answer.text


def test_a_file_whose_worker_died_is_started_again(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    client.sign_in(cast.customer_service)
    sent_file(client, f"{HEADS}HARBOUR,{handling().code},2,XPX,2026-02-01,A\n")
    batch = latest_batch()
    batch.state = BatchState.READING
    db.session.commit()
    batch_id = batch.id
    assert "Start again" in client.get(f"/desk/usage/imports/{batch_id}").text
    client.post(f"/desk/usage/imports/{batch_id}/again")
    job.work(batch_id)
    assert latest_batch().state == BatchState.READY


def test_a_file_is_put_aside(client: CheckingClient, cast: Cast, bought: int) -> None:
    client.sign_in(cast.customer_service)
    sent_file(client, f"{HEADS}HARBOUR,{handling().code},2,XPX,2026-02-01,A\n")
    batch_id = latest_batch().id
    job.work(batch_id)
    client.post(f"/desk/usage/imports/{batch_id}/discard")
    assert latest_batch().state == BatchState.DISCARDED
    assert client.get("/desk/usage/imports").text.count("Discarded") == 1


def test_the_template_is_a_file_that_is_understood(client: CheckingClient, cast: Cast) -> None:
    client.sign_in(cast.customer_service)
    text = client.get("/desk/usage/import/template.csv").get_data().decode("utf-8-sig")
    assert text.splitlines()[0].startswith("Customer code,Customer name,Item code")
    assert client.get("/desk/usage/import/template.xlsx").get_data().startswith(b"PK")


def test_the_list_is_narrowed_and_leaves_with_control_totals(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    told(cast, now, "2", "FEB")
    told(cast, now, "1", "JAN", used_on=date(2026, 1, 5))
    told(cast, now, "1", "ODD", item_code="UNKNOWN")
    client.sign_in(cast.customer_service)
    assert "JAN" not in client.get("/desk/usage?month=2026-02").text
    assert "FEB" not in client.get("/desk/usage?state=unmatched").text
    assert "1 in all" in client.get("/desk/usage?q=FE").text
    assert "3 in all" in client.get("/desk/usage?q=HARBOUR").text
    export = client.get("/desk/usage?month=2026-02&export=csv").get_data().decode("utf-8-sig")
    assert export.splitlines()[-1].startswith("Total of 2 rows") and ",3.00," in export


def test_a_customer_sees_its_own_usage_with_totals_and_a_phone_page(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    usage_id = told(cast, now)
    told(cast, now, "9", "OVER")
    page = client.sign_in(cast.lin).get("/my/usage?month=2026-02").text
    assert "R-1" in page and "Being checked" in page and ">9<" in page and ">11<" not in page
    one = client.get(f"/my/usage/{usage_id}").text
    assert "Counted" in one and f"/my/entitlements/{bought}" in one
    assert client.sign_in(cast.erik).get(f"/my/usage/{usage_id}").status_code == 404


def test_a_customer_does_not_read_why_something_waits_or_who_decided(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    usage_id = told(cast, now)
    client.sign_in(cast.finance)
    client.post(f"/desk/usage/{usage_id}/reverse", data={"reason": "our own mistake"})
    reversal = db.session.scalars(select(UsageRecord).order_by(UsageRecord.id.desc())).first()
    pages = [
        client.sign_in(cast.lin).get(f"/my/usage/{each}").text for each in (usage_id, reversal.id)
    ]
    assert "our own mistake" not in pages[0] and "Taken back" in pages[0] and "Reversal" in pages[1]


def test_who_may_only_look_gets_no_buttons_and_no_files(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    usage_id = told(cast, now)
    client.sign_in(cast.auditor)
    page = client.get(f"/desk/usage/{usage_id}").text
    assert "Dismiss" not in page and "Assign it by hand" not in page
    assert client.get("/desk/usage/imports").status_code == 403
    for verb in ("retry", "dismiss", "assign", "reverse"):
        assert client.post(f"/desk/usage/{usage_id}/{verb}").status_code == 403


def test_the_list_sends_few_statements_however_many_rows(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    client.sign_in(cast.customer_service)
    told(cast, now, "0.1", "S-0")
    client.get("/desk/usage")
    client.get("/desk/usage")
    few = len(client.queries)
    for n in range(1, 12):
        told(cast, now, "0.1", f"S-{n}")
    client.get("/desk/usage")
    assert len(client.queries) == few <= 6


def typed_in(client: CheckingClient, cast: Cast, bought: int, quantity: str = "2", **more: Any) -> Any:  # fmt: skip
    item = db.session.get_one(Entitlement, bought).item_id
    what = {"item_id": item, "quantity": quantity, "unit": "", "used_on": "2026-03-01", "reference": "P-1"}  # fmt: skip
    client.sign_in(cast.customer_service)
    return client.post(f"/desk/usage/new?customer_id={cast.harbour.id}", data={**what, **more})


def test_a_reference_that_is_recorded_leads_to_its_record_and_says_so(
    client: CheckingClient, cast: Cast, bought: int
) -> None:
    first = typed_in(client, cast, bought)
    again = typed_in(client, cast, bought, note="sent again")
    assert again.location == first.location and left(bought) == D(3)
    page = client.get(again.location).text
    assert "P-1 is already recorded; not recorded again." in page


def test_the_reference_of_a_reversed_record_is_not_used_once_more(
    client: CheckingClient, cast: Cast, bought: int
) -> None:
    shown = typed_in(client, cast, bought).location
    client.post(f"{shown}/reverse", data={"reason": "typed twice"})
    again = typed_in(client, cast, bought)
    assert again.status_code == 422 and "Use another reference" in again.text
    assert "Nothing was recorded" in again.text and left(bought) == D(5)


def test_far_more_than_was_granted_is_recorded_only_when_confirmed(
    client: CheckingClient, cast: Cast, bought: int
) -> None:
    asked = typed_in(client, cast, bought, "51", note="kept")
    assert asked.status_code == 422 and "ten times" in asked.text and "kept" in asked.text
    assert db.session.scalar(select(func.count(UsageRecord.id))) == 0
    assert typed_in(client, cast, bought, "51", confirmed="y").status_code == 303


def test_ten_times_the_grant_is_not_asked_about(
    client: CheckingClient, cast: Cast, bought: int
) -> None:
    assert typed_in(client, cast, bought, "50").status_code == 303


def test_a_customers_total_keeps_what_is_being_checked_apart(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    told(cast, now, "2")
    told(cast, now, "7", "R-2", used_on=date(2025, 12, 1))
    client.sign_in(cast.lin)
    page = client.get("/my/usage").text
    assert 'data-label="Quantity">2<' in page and 'data-label="Being checked">7<' in page
    assert client.get("/my/usage?export=csv").text.strip().splitlines()[-1].count(",2") == 1


def test_a_reason_that_is_too_long_is_refused_and_what_is_given_back_says_why(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    usage_id = told(cast, now)
    client.sign_in(cast.finance)
    client.post(f"/desk/usage/{usage_id}/reverse", data={"reason": "x" * 501})
    assert "at most 500 characters" in client.get(f"/desk/usage/{usage_id}").text
    assert left(bought) == D(3)
    client.post(f"/desk/usage/{usage_id}/reverse", data={"reason": "wrong month"})
    assert "wrong month" in client.get(f"/desk/entitlements/{bought}").text


def test_a_reversal_is_listed_by_what_it_takes_back(
    client: CheckingClient, cast: Cast, now: datetime, bought: int
) -> None:
    usage_id = told(cast, now)
    client.sign_in(cast.finance).post(f"/desk/usage/{usage_id}/reverse", data={"reason": "twice"})
    assert "Reversal of R-1" in client.get("/desk/usage").text
    client.sign_in(cast.lin)
    assert "Reversal of R-1" in client.get("/my/usage").text


@pytest.mark.parametrize(
    ("source", "shown"),
    [("wms", "Warehouse system"), ("warehouse", "Warehouse"), ("storage", "Storage billed"), ("SAP-7", "SAP-7")],
)  # fmt: skip
def test_a_source_of_our_own_has_its_words_and_another_stays_as_it_is(
    client, cast: Cast, now: datetime, source: str, shown: str
):
    fact = UsageFact(cast.harbour.id, D(1), "XPX", now.date(), source, "W-1", item_code="X")
    recording.record(fact, SYSTEM, now)
    keep(cast)
    page = client.sign_in(cast.finance).get("/desk/usage").text
    assert re.search(rf"<td[^>]*>\s*{shown}\s*</td>", page)
