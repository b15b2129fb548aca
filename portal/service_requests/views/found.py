"""The staff's doors of what comes out of requests, with their views."""

from __future__ import annotations

from portal.service_requests.views import (
    desk_calendar,
    desk_defects,
    desk_feedback,
    desk_goods,
    desk_registers,
    desk_tasks,
    desk_upsells,
)

blueprints = [
    desk_calendar.bp, desk_tasks.bp, desk_defects.bp, desk_registers.bp, desk_feedback.bp, desk_goods.bp,
    desk_upsells.bp,
]  # fmt: skip
