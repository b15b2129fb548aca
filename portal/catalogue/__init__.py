"""What the firm sells and at which price: service items, price schemes, rate sheets, the pricing engine."""
