"""How gunicorn serves the portal: `gunicorn --config portal/gunicorn_conf.py wsgi:app`.

Everything that a firm may want to change comes from the environment; README lists the names.
"""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Any

_MEMORY_FOLDER = Path("/dev/shm")

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
# A worker that is silent for so long is started anew; a slow page does not count as silence.
timeout = int(os.environ.get("WEB_TIMEOUT", "60"))
graceful_timeout = 30
keepalive = 5
accesslog = "-" if os.environ.get("ACCESS_LOG", "0") == "1" else None
loglevel = os.environ.get("LOG_LEVEL", "info").lower()
# A heartbeat file on a slow disk can hold a worker up.
worker_tmp_dir = str(_MEMORY_FOLDER) if os.access(_MEMORY_FOLDER, os.W_OK) else None
control_socket_disable = True
# Loaded once before the workers are forked, so that they share its memory and start at once.
preload_app = True


def when_ready(server: Any) -> None:
    """In the parent, before workers: keep what is loaded out of every later collection, so shared."""
    gc.collect()
    gc.freeze()
    server.log.info("The portal is ready at http://%s (Ctrl+C stops it)", bind)


def post_fork(_server: Any, worker: Any) -> None:
    """In a new worker: a database connection made before the fork must not be used on both sides."""
    app = worker.app.wsgi()
    with app.app_context():
        for engine in app.extensions["sqlalchemy"].engines.values():
            engine.dispose(close=False)
