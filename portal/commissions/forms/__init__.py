"""Forms of commission."""
