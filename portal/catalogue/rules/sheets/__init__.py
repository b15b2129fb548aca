"""Rate sheets: any carrier's or the firm's own price file into exact prices and exact problems, and back."""
