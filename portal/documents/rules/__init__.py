"""What every printed paper shares, as plain values: words, language, the firm's look, codes, names."""
