"""The pure rules of usage."""
