"""The verbs of the warehouse: post, put right, close a month, read files."""
