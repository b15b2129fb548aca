"""How the printed papers' typefaces are made; see README.md in this folder."""
