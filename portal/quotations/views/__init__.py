"""The doors of the quotation desk."""
