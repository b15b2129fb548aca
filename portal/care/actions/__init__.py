"""What people and jobs do in customer care."""
