"""Visits, plans and lent things: pure, on plain values."""
