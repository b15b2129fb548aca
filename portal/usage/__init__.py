"""What was used 用量: recorded once, drawn from an entitlement, corrected by reversal."""
