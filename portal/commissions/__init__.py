"""Commission 提成: a share of the margin after rebate, once the customer has paid (REQUIREMENTS K11)."""
