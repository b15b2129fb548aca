"""What a quotation is and when it may do what: pure, on plain values."""
