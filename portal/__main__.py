"""`python -m portal …`: the portal's own commands."""

from __future__ import annotations

from portal.cli import main

if __name__ == "__main__":
    main()
