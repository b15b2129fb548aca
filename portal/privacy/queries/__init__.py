"""What is found of a person, and what is kept too long."""
