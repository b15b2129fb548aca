"""Customer care 客户关怀: visits, watch notes, lent things, news of the market (REQUIREMENTS K5, K9, K10)."""
