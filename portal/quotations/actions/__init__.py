"""The verbs of the quotation desk: draft, price, approve, issue, answer."""
