"""What people do with opportunities, and what quotations and contracts write back to them."""
