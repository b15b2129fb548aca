"""What is proven of the portal's safety; ASVS.md walks through OWASP ASVS 5.0 item by item."""
