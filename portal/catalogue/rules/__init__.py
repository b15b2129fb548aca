"""The arithmetic of prices and charges: pure functions on plain values."""
