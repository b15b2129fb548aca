"""How articles are found, shown and kept fresh: pure, on plain values."""
