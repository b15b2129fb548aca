"""What gunicorn and the `flask` command load: the one application object."""

from portal import create_app

app = create_app()
