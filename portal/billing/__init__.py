"""What is charged for a period, and how each figure arose."""
