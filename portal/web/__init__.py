"""What every page shares: the transaction, errors, lists, fields, words, headers."""
