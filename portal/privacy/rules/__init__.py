"""What is personal, who it belongs to, what happens to it, and by when."""
