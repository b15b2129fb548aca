"""What is true of them by themselves: pure, on plain values."""
