#!/usr/bin/python3
"""The agent in the virtual device: one JSON object a line on a virtio-serial port, one answer for each.

``{"id": 1, "sh": "command", "limit": 60}`` is answered by ``{"id": 1, "code": 0, "out": "…", "seconds": 0.1}``.
"""

import json
import os
import subprocess
import threading
import time
from typing import Any

PORT = "/dev/virtio-ports/device.agent"
port = os.open(PORT, os.O_RDWR)
writing = threading.Lock()


def answer(**what: object) -> None:
    data = (json.dumps(what) + "\n").encode()
    with writing:
        while data:
            try:
                data = data[os.write(port, data) :]
            except OSError:
                return


def work(order: dict[str, Any]) -> None:
    started = time.monotonic()
    try:
        done = subprocess.run(
            ["/bin/bash", "-c", order["sh"]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=order.get("limit", 60),
        )
        code, out = done.returncode, done.stdout
    except subprocess.TimeoutExpired as late:
        code, out = 124, late.stdout or b""
    except Exception as error:
        code, out = 125, repr(error).encode()
    answer(id=order.get("id"), code=code, out=out.decode("utf-8", "replace"), seconds=time.monotonic() - started)


waiting = b""
while True:
    try:
        chunk = os.read(port, 65536)
    except OSError:
        chunk = b""
    if not chunk:  # nobody is connected on the host's side
        time.sleep(0.1)
        continue
    waiting += chunk
    while b"\n" in waiting:
        line, waiting = waiting.split(b"\n", 1)
        try:
            order = json.loads(line)
        except ValueError:
            continue
        threading.Thread(target=work, args=(order,), daemon=True).start()
