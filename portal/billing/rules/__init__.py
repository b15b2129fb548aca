"""The arithmetic of bills: pure functions on plain values."""
