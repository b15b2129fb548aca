"""Keys are issued and revoked; what other systems tell goes into the books."""
