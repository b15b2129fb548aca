"""What the firm sells and at which price: service items, schemes, rate sheets, pricing."""
