"""One of everything that comes out of a request, about one complaint of Harbour Foods."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from portal.db.base import db
from portal.service_requests.actions import defect_kinds, defects, feedback, tasks, upselling
from portal.service_requests.actions.defects import Finding
from portal.service_requests.actions.feedback import Asked
from portal.service_requests.actions.opening import NewLine
from portal.service_requests.actions.tasks import Plan
from portal.service_requests.actions.upselling import Chance
from portal.service_requests.models import DefectKind, RequestLine
from tests.cast import Cast, viewer
from tests.service import a_request

HOUR = timedelta(hours=1)


def found_world(cast: Cast, now: datetime) -> dict[str, int]:
    """What it is → the id of its row; a visit that the customer is shown, with a note that they are not."""
    defect_kinds.seed()
    agent = viewer(cast.customer_service)
    row = a_request(cast, now, kind="complaint", title="破损三箱")
    back = a_request(cast, now, kind="return", lines=(NewLine("罐头", "箱", Decimal(10)),))
    plan = Plan("visit", "上门查看", cast.customer_service.id, starts_at=now + HOUR, ends_at=now + 2 * HOUR,
                text="机密备注", is_shared=True)  # fmt: skip
    visit = tasks.make(plan, cast.harbour, agent, now, row).task
    due = Plan("task", "查询签收", cast.customer_service.id, due_at=now + HOUR)
    task = tasks.make(due, cast.harbour, agent, now, row).task
    kind = db.session.scalars(select(DefectKind.id).limit(1)).one()
    found = Finding(
        kind, "叉车撞破", now.date(), "通道窄", "us", "", "拓宽", cast.keeper.id, now.date()
    )
    defect = defects.record(row, found, agent, now)
    sheet = feedback.send(row, Asked("仓储部", cast.keeper.id, "请查明", now.date()), agent, now)
    upsell = upselling.note(Chance("冷链仓储"), cast.harbour, agent, now, row)
    line = db.session.scalars(select(RequestLine).where(RequestLine.request_id == back.id)).one()
    return {
        "request": row.id, "back": back.id, "visit": visit.id, "task": task.id, "defect": defect.id, "kind": kind,
        "sheet": sheet.id, "upsell": upsell.id, "line": line.id,
    }  # fmt: skip


def found_ids(cast: Cast, now: datetime) -> dict[str, int]:
    """Argument of an address → the id of a row of Harbour Foods."""
    world = found_world(cast, now)
    named = {f"{each}_id": world[each] for each in ("task", "defect", "sheet", "upsell")}
    return {**named, "goods.line_id": world["line"], "defects.kind_id": world["kind"]}
