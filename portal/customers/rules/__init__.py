"""What decides about customers, their people and their places: pure, on plain values."""
