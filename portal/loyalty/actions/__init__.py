"""What people and jobs do with them."""
