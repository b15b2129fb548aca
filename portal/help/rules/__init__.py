"""Which pages there are, where they are read, and how words are found in them."""
