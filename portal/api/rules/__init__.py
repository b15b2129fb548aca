"""What other systems may ask and tell: shapes, scopes, operations, as data."""
