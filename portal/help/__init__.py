"""The portal's own help: pages in both languages, at both doors, with pictures."""
