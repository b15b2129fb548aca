"""The two proxies with the sites that `make install` writes, and one portal behind them; all on free ports."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 40
SETTINGS = """PORTAL_BASE_URL=https://localhost
PORTAL_HTTPS=1
PORTAL_PROXIES=1
PORTAL_WORKER=0
PORTAL_UPLOAD_MB=1
WEB_WORKERS=1
HOST=127.0.0.1
PORT={port}
PORTAL_INSTANCE={instance}
"""
WRITE_SITES = """
. .ci/common.sh
. .ci/install_parts.sh
APT_LOG=$ROOT/log
read_settings
for page in 413 502; do put "$PREFIX/pages/$page.html" 644 < <(fill portal/deploy/pages/$page.html); done
PROXY=caddy && . .ci/install_proxy.sh
PROXY=nginx && . .ci/install_proxy.sh
"""


@dataclass(frozen=True)
class Answer:
    """What came back: status, headers as they came (a name may come twice), body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]

    def one(self, name: str) -> str:
        (value,) = self.all(name)
        return value


@dataclass(frozen=True)
class Proxy:
    """A running proxy."""

    name: str
    http: int
    https: int
    site: Path = field(compare=False)

    def has_certificate(self) -> bool:
        """Caddy listens a moment before it has made its own."""
        with contextlib.suppress(ssl.SSLError):
            return self.ask("/static/icons/favicon.svg").status > 0
        return False

    def ask(
        self, path: str, headers: dict[str, str] | None = None, body: bytes | None = None, *, tls: bool = True
    ) -> Answer:  # fmt: skip
        if tls:
            context = ssl._create_unverified_context()
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                "localhost", self.https, context=context, timeout=WAIT_SECONDS
            )
        else:
            connection = http.client.HTTPConnection("localhost", self.http, timeout=WAIT_SECONDS)
        connection.request("POST" if body is not None else "GET", path, body, headers or {})
        answer = connection.getresponse()
        found = Answer(answer.status, answer.getheaders(), answer.read())
        connection.close()
        return found


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


@contextmanager
def running(
    command: list[str | Path], env: dict[str, str], log: Path, *ports: int
) -> Iterator[None]:
    """The process until the end of the block, which begins when it listens at `ports`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=output, stderr=output, start_new_session=True
        )
    try:
        for port in ports:
            wait_for(port, process, log)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(WAIT_SECONDS)


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text(errors="replace")[-3000:])


def write_sites(root: Path, port: int, https: int) -> None:
    """What `make install` writes for both proxies, under `root`, for a portal that is this very checkout."""
    (root / "etc/portal").mkdir(parents=True)
    (root / "instance").mkdir(mode=0o700)
    settings = SETTINGS.format(port=port, instance=root / "instance")
    (root / "etc/portal/portal.env").write_text(settings)
    prefix = root / "opt/portal"
    prefix.mkdir(parents=True)
    (prefix / "current").symlink_to(ROOT)
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    env = os.environ | {
        "ROOT": str(root),
        "PORTAL_USER": user,
        "SYSTEMCTL": "true",
        "HTTPS_PORT": str(https),
    }
    done = subprocess.run(
        ["bash", "-c", WRITE_SITES], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def portal(root: Path, port: int) -> Iterator[None]:
    """gunicorn as its unit starts it."""
    lines = (root / "etc/portal/portal.env").read_text().splitlines()
    env = os.environ | dict(line.split("=", 1) for line in lines) | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "gunicorn", "--config", "portal/gunicorn_conf.py"]
    with running([*command, "tests.deploy.served:app"], env, root / "web.log", port):
        yield


@contextmanager
def nginx(root: Path, http_port: int, https: int) -> Iterator[Proxy]:
    """nginx with our site and nothing else; its waiting times shortened."""
    site = root / "etc/nginx/sites-available/portal"
    text = site.read_text().replace("listen 80;", f"listen {http_port};")
    text = text.replace("listen [::]:80;", "").replace(f"listen [::]:{https} ssl http2;", "")
    (root / "site.conf").write_text(
        text.replace("client_header_timeout 15s", "client_header_timeout 1s")
    )
    own = "".join(
        f"{kind}_temp_path {root}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (root / "nginx.conf").write_text(
        f"include /etc/nginx/modules-enabled/*.conf;\ndaemon off; pid {root}/nginx.pid; worker_processes 1;\n"
        f"error_log stderr;\nevents {{}}\nhttp {{ include /etc/nginx/mime.types; access_log off;\n{own}"
        f"include {root}/site.conf; }}\n"
    )
    command = ["nginx", "-e", "stderr", "-c", root / "nginx.conf"]
    if os.geteuid() == 0:
        command += ["-g", "user root;"]  # the test's folder is open to nobody else
    with running(command, dict(os.environ), root / "nginx.log", http_port, https):
        yield Proxy("nginx", http_port, https, site)


@contextmanager
def caddy(root: Path, http_port: int, https: int) -> Iterator[Proxy]:
    """Caddy with our Caddyfile; its ports are free ones and its waiting times shortened."""
    main = (root / "etc/caddy/Caddyfile").read_text().replace("read_header 15s", "read_header 1s")
    ports = (
        f"{{\n\thttp_port {http_port}\n\thttps_port {https}\n\tadmin off\n\tskip_install_trust\n"
    )
    (root / "Caddyfile").write_text(main.replace("{\n", ports, 1))
    env = os.environ | {"HOME": str(root), "XDG_DATA_HOME": str(root), "XDG_CONFIG_HOME": str(root)}
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", root / "Caddyfile"]
    with running(command, env, root / "caddy.log", http_port, https):
        found = Proxy("caddy", http_port, https, root / "etc/caddy/portal.caddy")
        deadline = time.monotonic() + WAIT_SECONDS
        while not found.has_certificate() and time.monotonic() < deadline:
            time.sleep(0.05)
        yield found


def unpacked(answer: Answer) -> bytes:
    return gzip.decompress(answer.body) if answer.one("content-encoding") == "gzip" else answer.body
