"""What is paid, and what is not: invoices, receipts, allocation, ageing, credit, dunning."""
