"""The customers' doors of this room."""

from __future__ import annotations

from portal.billing.views import my_disputes, my_statements

blueprints = [my_statements.bp, my_disputes.bp]
