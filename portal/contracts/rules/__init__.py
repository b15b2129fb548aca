"""The pure rules of contracts."""
