"""The customers' doors of this room."""

from __future__ import annotations

from portal.receivables.views import my_invoices, my_payments, my_settlement

blueprints = [my_payments.bp, my_invoices.bp, my_settlement.bp]
