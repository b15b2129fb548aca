"""What the pages of commission ask."""
