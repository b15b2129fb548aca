"""Limits, deadlines and amounts of claims: pure, on plain values."""
