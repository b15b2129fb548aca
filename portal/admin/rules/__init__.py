"""What the settings must be like, on plain values."""
