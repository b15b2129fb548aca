"""Invented rates of the demo firm, as sheets that the portal imports. See README.md."""
