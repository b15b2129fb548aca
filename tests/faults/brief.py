"""`python -m tests.faults brief`: every trouble and a short storm on one installation, as the suite tries them."""

from __future__ import annotations

import argparse

from tests.faults import moving, outages, storm, world
from tests.faults.post import Post
from tests.faults.stack import Stack


def main(arguments: list[str]) -> bool:
    """Build once, serve once; whether all went as it should."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults brief")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--pause", type=float, default=0.4)
    parser.add_argument("--seed", type=int, default=3)
    options = parser.parse_args(arguments)
    with storm.place(options.database) as (folder, url), outages.small_disk(folder) as instance:
        app = world.opened(instance, url, {moving.IMPATIENT: str(outages.IMPATIENT_MS)})
        made, post = world.build(app, instance, usage=20, drafts=4), Post()
        stack = Stack(instance, {"PORTAL_MAIL": "smtp", "PORTAL_SMTP_URL": post.url})
        stack.start()
        try:
            wrong = outages.played(outages.scenes_for(url), made, stack, post)
            return not storm.weathered(made, stack, post, options) and not wrong
        finally:
            stack.stop()
            post.close()
