"""What is told to whom, how it is signed, and where it may go: pure values."""
