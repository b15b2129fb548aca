"""The cards of a request's page that show what came out of it: tasks, defects, feedback sheets, goods, chances."""

from __future__ import annotations

from typing import Any

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.kernel.units import unit_word
from portal.service_requests.actions.goods import counted
from portal.service_requests.found_labels import COUNTS, TASK_ICONS, UPSELLS
from portal.service_requests.models import ServiceRequest
from portal.service_requests.queries import defects, goods, tasks, upsells
from portal.service_requests.queries.people import names
from portal.service_requests.rules.kinds import WITH_LINES, RequestKind
from portal.service_requests.rules.states import LOCKED, RequestState
from portal.service_requests.views import defect_list, sheet_list, task_list

PARTS = frozenset({"task", "defect", "feedback", "goods", "upsell"})


def facts(request: ServiceRequest, viewer: Viewer, has: frozenset[str] = PARTS) -> dict[str, Any]:
    """What task_card, defect_card, feedback_card, goods_card and upsell_card show, under one name: `found`.

    A part that the viewer may not see is None; the card then draws nothing. Parts that are not in `has` are known to
    be empty and not read.
    """
    found = {
        "request": request,
        "tasks": _tasks(request, viewer) if "task" in has else [],
        "defects": _defects(request, viewer) if "defect" in has else [],
        "sheets": _sheets(request, viewer) if "feedback" in has else [],
        "goods": _goods(request, viewer) if "goods" in has else [],
        "upsells": _upsells(request, viewer) if "upsell" in has else [],
        "may": _may(request, viewer),
    }
    return {"found": found}


def _may(request: ServiceRequest, viewer: Viewer) -> dict[str, bool]:
    is_open = RequestState(request.state) not in LOCKED
    return {
        "plan": viewer.may(P.TASK_WORK) and is_open,
        "record": viewer.may(P.DEFECT_EDIT),
        "send": viewer.may(P.REQUEST_WORK) and is_open,
        "count": viewer.may(P.TASK_WORK) and is_open,
        "sell": viewer.may(P.UPSELL_EDIT),
    }


def _tasks(request: ServiceRequest, viewer: Viewer) -> list[dict[str, Any]] | None:
    if not viewer.may(P.TASK_WORK):
        return None
    rows = tasks.of_request(request.id, viewer)
    return [
        {"row": row, "label": task_list.label_of(row), "icon": TASK_ICONS[row.kind]} for row in rows
    ]


def _defects(request: ServiceRequest, viewer: Viewer) -> list[dict[str, Any]] | None:
    if not viewer.may(P.DEFECT_SEE):
        return None
    rows = defects.of_request(request.id, viewer)
    return [{"row": row, "label": defect_list.label_of(row)} for row in rows]


def _sheets(request: ServiceRequest, viewer: Viewer) -> list[dict[str, Any]]:
    rows = defects.sheets_of_request(request.id, viewer)
    known = names(row.recipient_id for row in rows)
    return [
        {"row": row, "label": sheet_list.label_of(row), "to": known.get(row.recipient_id or 0, "")}
        for row in rows
    ]


def _goods(request: ServiceRequest, viewer: Viewer) -> list[dict[str, Any]] | None:
    if RequestKind(request.kind) not in WITH_LINES:
        return None
    rows = goods.of_request(request.id, viewer)
    known = names([each for row in rows for each in (row.checked_by, row.second_by)])
    return [
        {
            "row": row,
            "unit": unit_word(row.unit),
            "counted": counted(row),
            "label": COUNTS[counted(row).state],
            "first_by": known.get(row.checked_by or 0, ""),
            "second_by": known.get(row.second_by or 0, ""),
        }
        for row in rows
    ]


def _upsells(request: ServiceRequest, viewer: Viewer) -> list[dict[str, Any]] | None:
    if not viewer.may(P.UPSELL_SEE):
        return None
    rows = upsells.of_request(request.id, viewer)
    return [{"row": row, "label": UPSELLS[row.state]} for row in rows]
