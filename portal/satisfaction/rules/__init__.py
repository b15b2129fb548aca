"""Scores, shares and who may be asked: pure, on plain values."""
