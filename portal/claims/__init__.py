"""Claims 索赔: from notice of damage to the credit on a statement, and the recourse behind it."""
