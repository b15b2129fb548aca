"""The pure rules of shipments."""
