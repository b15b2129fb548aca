"""Clocks, matching, priorities and registers: pure, on plain values."""
