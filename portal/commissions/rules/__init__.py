"""Decisions about commission, on plain values."""
