"""What a lead is and how the pool works: pure, on plain values."""
