"""Decisions about sign-in, on plain values."""
