"""How gunicorn serves the portal: `gunicorn --config portal/gunicorn_conf.py wsgi:app`.

Everything that a firm may want to change comes from the environment; README lists the names.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from portal.catalogue.rules.places import gazetteer
from portal.db.base import db
from portal.documents import fontcheck
from portal.documents.render import press
from portal.jobs.schedule import run_for_ever
from portal.kernel import loading
from portal.upkeep import in_use
from portal.web.logs import FORM, OneLine, plain

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
# Neither the query, which holds what people look for, nor the referrer.
access_log_format = '%(t)s %(h)s "%(m)s %(U)s %(H)s" %(s)s %(B)s %(M)sms'
loglevel = os.environ.get("LOG_LEVEL", "info").lower()
# A heartbeat file on a slow disk can hold a worker up.
worker_tmp_dir = str(_MEMORY_FOLDER) if os.access(_MEMORY_FOLDER, os.W_OK) else None
control_socket_disable = True
# No header of a client says under which path the portal lies: a proxy may hand such a one through.
forwarder_headers = ""
# Loaded once before the workers are forked, so that they share its memory and start at once.
preload_app = True


# The worker (mail and other jobs) beside the pages; a server that runs `portal worker` by itself sets 0.
with_worker = os.environ.get("PORTAL_WORKER", "1") == "1"
_beside: list[int] = []


class logger_class(Logger):
    """gunicorn's logs in the form of the portal's: one entry a line, no secret of an address."""

    def setup(self, cfg: Any) -> None:
        """As gunicorn's, in our form."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(OneLine(FORM))

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> Any:
        """What a line of the access log is put together from."""
        found = super().atoms(resp, req, environ, request_time)
        return {
            name: plain(each) if isinstance(each, str) else each for name, each in found.items()
        }


def on_starting(_server: Any) -> None:
    """Before anything else: a firm whose papers would show boxes for 喆 or 镕 is told now, not by its customer."""
    fontcheck.check()


def when_ready(server: Any) -> None:
    """In the parent, before workers: keep what is loaded out of every later collection, so shared.

    The press that prints documents and the worker start here: one of each, whatever the number of web workers.
    """
    app = server.app.wsgi()
    _warm(app)
    loading.keep()
    if hasattr(app, "config") and "INSTANCE" in app.config:
        in_use.hold(app.config["INSTANCE"])
        _start_beside(server, app)
    server.log.info("The portal is ready at http://%s (Ctrl+C stops it)", bind)


def post_fork(_server: Any, worker: Any) -> None:
    """In a new worker: a database connection made before the fork must not be used on both sides."""
    app = worker.app.wsgi()
    with app.app_context():
        for engine in app.extensions["sqlalchemy"].engines.values():
            engine.dispose(close=False)


def on_exit(_server: Any) -> None:
    """The worker ends with the web server; the press notices by itself."""
    for process in _beside:
        try:
            os.kill(process, signal.SIGTERM)
        except ProcessLookupError:
            logging.getLogger(__name__).debug("the worker had already ended")


def _warm(app: Any) -> None:
    """What the first page of each worker would make for itself is made here once, and shared."""
    if not hasattr(app, "test_client") or "INSTANCE" not in app.config:
        return
    app.test_client().get("/login", base_url=app.config["BASE_URL"])
    gazetteer()
    with app.app_context():
        db.engine.dispose()  # no connection may cross the fork


def _start_beside(server: Any, app: Any) -> None:
    press().start(for_parent=True)
    if not with_worker:
        return
    process = os.fork()
    if process:
        _beside.append(process)
        return
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    for listener in server.LISTENERS:
        listener.close()
    threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    with app.app_context():
        db.engine.dispose(close=False)
    run_for_ever(app)
    os._exit(0)


def _leave_with(parent: int) -> None:
    """A web server that is killed takes the worker along."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)
