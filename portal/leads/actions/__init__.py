"""What people and jobs do with leads."""
