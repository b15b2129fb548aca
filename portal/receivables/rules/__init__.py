"""What decides about money received and money owed: pure, on plain values."""
