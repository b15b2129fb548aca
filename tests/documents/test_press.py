"""The press's process: shared, private, bounded, and none the worse for a death."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from portal.documents import page
from portal.documents.press import wire
from portal.documents.render import Press, PressBusy, PressFailed
from portal.documents.rules.firm import Colours
from tests.documents import samples

CSS = page.stylesheet(Colours())
HELLO = "<html lang=en><title>x</title><body><p>Hello</p></body></html>"


def processes(press: Press) -> list[psutil.Process]:
    """The press's parent first, then its workers."""
    found = [
        each
        for each in psutil.process_iter(["cmdline", "ppid"])
        if str(press.socket_path) in (each.info["cmdline"] or [])
    ]
    pids = {each.pid for each in found}
    return sorted(found, key=lambda each: each.info["ppid"] in pids)


def until(holds: Callable[[], bool]) -> None:
    """Wait until it holds; AssertionError after ten seconds."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_killed_worker_is_replaced_and_the_next_paper_comes_all_the_same(press):
    before = press.print(HELLO, CSS, {})
    for worker in processes(press)[1:]:
        worker.kill()
    assert press.print(HELLO, CSS, {}) == before


def test_a_killed_press_is_started_anew_by_the_next_caller(press):
    press.print(HELLO, CSS, {})
    for process in processes(press):
        process.kill()
    assert press.print(HELLO, CSS, {}).startswith(b"%PDF-1.7")


def test_a_worker_that_dies_over_every_try_gives_a_typed_failure(press):
    press.print(HELLO, CSS, {})
    rows = "<tr><td>x</td></tr>" * 9000  # many seconds of work: no worker ever gets to its end
    stop = threading.Event()

    def kill_all_workers() -> None:
        while not stop.is_set():
            for worker in processes(press)[1:]:
                worker.kill()

    killer = threading.Thread(target=kill_all_workers)
    killer.start()
    try:
        with pytest.raises(PressFailed):
            press.print(f"<html lang=en><body><table>{rows}</table></body></html>", CSS, {})
    finally:
        stop.set()
        killer.join()


def test_a_paper_that_takes_too_long_is_given_up_with_a_typed_answer(press):
    press.print(HELLO, CSS, {})
    hasty = Press(press.folder, seconds=0.2)
    rows = "<tr><td>x</td></tr>" * 3000
    with pytest.raises(PressBusy) as failure:
        hasty.print(f"<html lang=en><body><table>{rows}</table></body></html>", CSS, {})
    assert failure.value.status == 503


def test_a_full_queue_is_told_as_busy(tmp_path):
    press = Press(tmp_path, seconds=0.4)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(press.socket_path))
        listener.listen(0)
        with socket.socket(socket.AF_UNIX) as waiting:
            waiting.connect(str(press.socket_path))
            with pytest.raises(PressBusy):
                press.print(HELLO, CSS, {})


def test_a_press_that_cannot_start_is_a_typed_failure(tmp_path, monkeypatch):
    monkeypatch.setattr(Press, "start", lambda self: None)
    with pytest.raises(PressFailed) as failure:
        Press(tmp_path, seconds=0.3).print(HELLO, CSS, {})
    assert "press.log" in failure.value.reason


def test_many_callers_at_once_start_one_press_and_all_get_their_paper(tmp_path):
    press = Press(tmp_path / "shared")
    papers: list[bytes] = []
    callers = [
        threading.Thread(target=lambda: papers.append(press.print(HELLO, CSS, {})))
        for _ in range(6)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(papers) == 6 and len(set(papers)) == 1
    until(lambda: len(processes(press)) == 1 + press.workers)
    press.stop()


def test_a_press_for_a_parent_ends_with_it(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from portal.documents.render import Press\n"
        f"press = Press(Path({str(tmp_path)!r})); press.start(for_parent=True)\n"
        f"press.print({HELLO!r}, 'p {{ color: red }}', {{}}); print('up', flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=page.ROOT)
    with parent:
        assert parent.stdout and parent.stdout.readline() == b"up\n"
        press = Press(tmp_path)
        until(lambda: len(processes(press)) == 3)
        parent.send_signal(signal.SIGKILL)
    until(lambda: not processes(press))


def test_a_press_whose_parent_ended_before_it_was_warm_ends_too(tmp_path):
    code = (
        "from pathlib import Path; from portal.documents.render import Press\n"
        f"Press(Path({str(tmp_path)!r})).start(for_parent=True)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=page.ROOT, check=True)
    press = Press(tmp_path)
    until(press.socket_path.exists)  # it is about to warm up, or does
    until(lambda: not processes(press))


def test_a_press_whose_folder_is_gone_ends(tmp_path):
    press = Press(tmp_path / "gone")
    press.print(HELLO, CSS, {})
    press.socket_path.unlink()
    until(lambda: not processes(press))


def test_the_socket_is_for_this_user_alone(press):
    press.print(HELLO, CSS, {})
    assert stat.S_IMODE(os.stat(press.socket_path).st_mode) == 0o600


def test_what_is_not_a_message_is_let_go_and_harms_nobody(press):
    press.print(HELLO, CSS, {})
    for noise in (b"", b"\xff\xff\xff\xff", b"\x00\x00\x00\x02{]", b"\x00\x00\x00\x02{}"):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(press.socket_path))
            connection.sendall(noise)
    assert press.print(HELLO, CSS, {}).startswith(b"%PDF")


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "data:image/png;base64,iVBORw0K", "asset:other"]
)  # fmt: skip
def test_a_paper_cannot_fetch_anything_but_what_came_with_it(press, address):
    def bytes_with(source: str) -> int:
        html = f'<html lang=en><body><img src="{source}" alt="x"><p>Hello</p></body></html>'
        return press.print(html, CSS, {"logo": samples.logo().content}).count(b"/Subtype /Image")

    assert bytes_with("asset:logo") > bytes_with(address) == 0


def test_a_web_worker_that_prints_has_not_loaded_weasyprint(press):
    press.print(HELLO, CSS, {})
    code = "import sys, portal.documents.render; print('weasyprint' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=page.ROOT, check=True
    )
    assert done.stdout == "False\n"


def test_only_the_engine_imports_weasyprint():
    importers = [
        path.name
        for path in (page.ROOT / "portal").rglob("*.py")
        if "import weasyprint" in path.read_text() or "from weasyprint" in path.read_text()
    ]
    assert importers == ["engine.py"]


def test_a_message_survives_the_wire_with_its_byte_strings():
    one, other = socket.socketpair()
    with one, other:
        wire.send(one, {"pictures": ["印章"]}, [b"", b"\x00" * 10])
        assert wire.receive(other) == ({"pictures": ["印章"]}, [b"", b"\x00" * 10])


def test_a_long_folder_name_still_gives_a_socket_that_the_system_takes(tmp_path):
    path = Press(tmp_path / ("long" * 30)).socket_path
    assert len(os.fsencode(path)) <= 100 and path.suffix == ".sock"
    assert path.parent != Path(tmp_path)


def test_a_worker_that_a_long_paper_made_large_gives_its_memory_back(press):
    press.print(HELLO, CSS, {})
    before = {worker.pid for worker in processes(press)[1:]}
    rows = "".join(f"<tr>{f'<td>{n}</td>' * 9}</tr>" for n in range(700))
    press.print(f"<html lang=en><body><table>{rows}</table></body></html>", CSS, {})
    until(lambda: len(before & {worker.pid for worker in processes(press)[1:]}) == 1)
    until(lambda: len(processes(press)) == 1 + press.workers)
    assert all(worker.memory_info().rss < 150 * 2**20 for worker in processes(press)[1:])


def test_who_asks_hears_every_page_as_it_is_laid_out(press):
    told: list[int] = []
    text = "<p>Hello</p>" * 200
    paper = press.print(f"<html lang=en><body>{text}</body></html>", CSS, {}, told.append)
    assert told == list(range(1, paper.pages + 1)) and paper.pages > 2
