"""What stock and its movements mean: pure functions on plain values."""
