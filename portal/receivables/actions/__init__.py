"""Receipts, allocations, invoices, credit and dunning: what people and jobs do."""
