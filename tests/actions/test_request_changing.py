"""What a request says of itself is put right: rank, clocks and history follow (S1-S3, T2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from portal.access.viewer import SYSTEM
from portal.db.audit import timeline
from portal.db.base import db
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, StaleEdit
from portal.service_requests.actions import changing
from portal.service_requests.actions.changing import RequestEdit
from portal.service_requests.models import RequestClock, ServiceRequest
from portal.service_requests.rules.ranking import rank
from portal.service_requests.rules.states import RequestState
from tests.cast import Cast, viewer
from tests.chain import entitled
from tests.service import File, a_category, a_request, fresh, moved_to


def due(row: ServiceRequest) -> datetime:
    of_it = RequestClock.request_id == row.id
    wanted = select(RequestClock.due_at).where(of_it, RequestClock.kind == "resolve")
    return db.session.scalars(wanted).one()


def third_party(cast: Cast, now: datetime) -> ServiceRequest:
    who = {"requester_name": "Driver Gao", "third_party": "carrier"}
    return a_request(cast, now, requester_kind="third_party", **who)


def test_a_worse_severity_comes_earlier_and_is_due_earlier(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now, severity=4)
    before = due(row)
    changing.change(row, replace(RequestEdit.of(row), severity=1), SYSTEM, now)
    assert fresh(row).rank == rank("ordinary", 1)
    assert due(row) < before


def test_the_history_says_what_changed_and_nothing_else(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    changing.change(row, replace(RequestEdit.of(row), title="提单号有误", scope="all"), SYSTEM, now)
    entry = timeline(row, public_only=False)[0]
    assert entry.before == {"title": "货物到哪里了", "scope": "one"}
    assert entry.after == {"title": "提单号有误", "scope": "all"}
    assert "tidan" in row.search_text and "haigang" in row.search_text


def test_a_change_of_nothing_is_none(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    before = len(timeline(row, public_only=False))
    changing.change(row, RequestEdit.of(row), SYSTEM, now)
    assert (len(timeline(row, public_only=False)), fresh(row).version) == (before, row.version)


def test_an_older_form_does_not_overwrite(cast: Cast, now: datetime) -> None:
    row = a_request(cast, now)
    seen = row.version
    changing.change(row, replace(RequestEdit.of(row), severity=2), SYSTEM, now)
    db.session.flush()
    with pytest.raises(StaleEdit):
        changing.change(row, replace(RequestEdit.of(row), severity=4), SYSTEM, now, seen)


@pytest.mark.parametrize(
    ("field", "value"), [("title", ""), ("severity", 7), ("kind", "other"), ("scope", "none"), ("category_id", 99)]
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field(
    field: str, value: object, cast: Cast, now: datetime
) -> None:
    row = a_request(cast, now)
    with pytest.raises(InvalidMany) as error:
        changing.change(row, replace(RequestEdit.of(row), **{field: value}), SYSTEM, now)
    assert set(error.value.errors) == {field}


def test_a_category_has_to_fit_the_kind(cast: Cast, now: datetime) -> None:
    category = a_category(kinds=["complaint"])
    row = a_request(cast, now, kind="complaint", category_id=category.id)
    with pytest.raises(InvalidMany) as error:
        changing.change(row, replace(RequestEdit.of(row), kind="enquiry"), SYSTEM, now)
    assert set(error.value.errors) == {"category_id"}


@pytest.mark.parametrize(
    ("was", "becomes"), [("enquiry", "claim"), ("claim", "enquiry"), ("enquiry", "internal")]
)
def test_claims_and_internal_requests_stay_what_they_are(
    was: str, becomes: str, cast: Cast, now: datetime
) -> None:
    row = a_request(cast, now, kind=was)
    with pytest.raises(InvalidMany) as error:
        changing.change(row, replace(RequestEdit.of(row), kind=becomes), SYSTEM, now)
    assert set(error.value.errors) == {"kind"}


def test_it_is_matched_later_and_unmatched_with_a_reason(cast: Cast, now: datetime) -> None:
    bought, row = entitled(cast, now), a_request(cast, now)
    changing.match(row, bought.id, None, SYSTEM, now)
    assert (fresh(row).entitlement_id, row.no_match) == (bought.id, None)
    assert row.contract_id == bought.contract_id
    changing.match(row, None, "not_bought", SYSTEM, now)
    assert (fresh(row).entitlement_id, row.no_match) == (None, "not_bought")
    with pytest.raises(InvalidMany):
        changing.match(row, None, None, SYSTEM, now)


def test_it_is_not_matched_to_another_customers(cast: Cast, now: datetime) -> None:
    theirs, row = entitled(cast, now, customer=cast.nordwind), a_request(cast, now)
    with pytest.raises(InvalidMany) as error:
        changing.match(row, theirs.id, None, viewer(cast.customer_service), now)
    assert set(error.value.errors) == {"entitlement_id"}


def test_a_proof_is_given_by_the_customer_and_judged_by_us(cast: Cast, now: datetime) -> None:
    row = third_party(cast, now)
    changing.give_authority(row, [File("letter.pdf", "pdf")], viewer(cast.lin), now)
    assert fresh(row).authority == "given"
    with pytest.raises(Forbidden):
        changing.check_authority(row, "proven", "是的", viewer(cast.lin), now)
    with pytest.raises(Invalid):
        changing.check_authority(row, "proven", "", viewer(cast.customer_service), now)
    changing.check_authority(row, "refused", "签章不符", viewer(cast.customer_service), now)
    assert fresh(row).authority == "refused"


def test_a_customer_that_asks_for_itself_proves_nothing(cast: Cast, now: datetime) -> None:
    with pytest.raises(NotAllowedNow):
        changing.check_authority(a_request(cast, now), "proven", "电话核实", SYSTEM, now)


@pytest.mark.parametrize("state", [RequestState.CLOSED, RequestState.REJECTED])
def test_a_locked_one_does_not_change(state: RequestState, cast: Cast, now: datetime) -> None:
    row = moved_to(cast, now, state)
    edit = replace(RequestEdit.of(row), severity=1)
    for verb in (
        lambda: changing.change(row, edit, SYSTEM, now),
        lambda: changing.match(row, None, "unknown", SYSTEM, now),
        lambda: changing.give_authority(row, [File()], SYSTEM, now),
    ):
        with pytest.raises(NotAllowedNow):
            verb()
