"""Quotations: versions, approval, issue, acceptance, and the paper that the customer receives."""
