"""Telephone numbers and when to call: pure, on plain values."""
