"""Pages of commission."""
