"""Classes, bounds and scores: pure, on plain values."""
