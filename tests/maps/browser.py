"""A headless Chromium driven through its debugging pipe, with nothing but the standard library."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BINARY = next((path for path in map(shutil.which, NAMES) if path), None)
needs_browser = pytest.mark.skipif(BINARY is None, reason=f"no Chromium on this machine ({', '.join(NAMES)})")

_HAND_OVER = (
    "import fcntl,os,sys;"
    "r,w=(fcntl.fcntl(int(a),fcntl.F_DUPFD,20) for a in sys.argv[1:3]);"
    "os.dup2(r,3);os.dup2(w,4);os.execv(sys.argv[3],sys.argv[3:])"
)
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
    "--no-first-run", "--disable-background-networking", "--disable-component-update", "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
PATIENCE = 30.0
"""Seconds that one answer of a busy machine may take."""


class Browser:
    """One page; everything that it asks of the network or complains of is kept.

    ``requests``: addresses asked for, without the opened file; ``complaints``: console errors and exceptions.
    """

    def __init__(self, profile: Path) -> None:
        read_here, write_there = os.pipe()
        read_there, write_here = os.pipe()
        call = [sys.executable, "-c", _HAND_OVER, str(read_there), str(write_there), str(BINARY), *_FLAGS]
        self._process = subprocess.Popen(
            [*call, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(read_there, write_there),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_there)
        os.close(write_there)
        self._in, self._out, self._buffer, self._last = read_here, write_here, b"", 0
        self._session = ""
        self.requests: list[str] = []
        self.complaints: list[str] = []
        target = next(t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page")
        attached = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call(
            "Network.emulateNetworkConditions",
            offline=True,
            latency=0,
            downloadThroughput=0,
            uploadThroughput=0,
        )

    def call(self, method: str, **params):
        """Send one command and return its result."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._last:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]

    def open(self, path: Path, wish: str = "", width: int = 1400, height: int = 900) -> None:
        """Open a map and wait until it says that it is ready."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.call("Page.navigate", url="about:blank")
        self.requests.clear()
        self.complaints.clear()
        self.call("Page.navigate", url=f"{path.resolve().as_uri()}{'#' + wish if wish else ''}")
        deadline = time.monotonic() + PATIENCE
        while self.run("document.body ? document.body.dataset.ready : null") != "yes":
            assert time.monotonic() < deadline, "the map did not get ready"
            time.sleep(0.05)

    def run(self, script: str):
        """Return the value of a script in the page."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def text(self, selector: str) -> str:
        """Return the visible text of the first element that fits."""
        return str(self.run(f"document.querySelector({json.dumps(selector)}).innerText"))

    def press(self, key: str) -> None:
        """Press a key."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key)

    def type(self, text: str) -> None:
        """Type text into the element that has the focus."""
        self.call("Input.insertText", text=text)

    def click(self, x: float, y: float) -> None:
        """Click at a place of the page."""
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button = "none" if kind == "mouseMoved" else "left"
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button=button, clickCount=1)

    def picture(self, path: Path) -> None:
        """Write a screenshot."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def close(self) -> None:
        """End the browser that was started here."""
        try:
            self._session = ""
            self.call("Browser.close")
            self._process.wait(timeout=10)
        except (AssertionError, OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        finally:
            os.close(self._in)
            os.close(self._out)

    def _receive(self) -> dict:
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], PATIENCE)
            assert ready, "the browser does not answer"
            piece = os.read(self._in, 1 << 20)
            assert piece, "the browser has ended"
            self._buffer += piece
        raw, _, self._buffer = self._buffer.partition(b"\0")
        message = json.loads(raw)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, method: str, params: dict) -> None:
        if method == "Network.requestWillBeSent":
            url = params["request"]["url"]
            if params["type"] != "Document" or url.startswith("http"):
                self.requests.append(url)
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(params["exceptionDetails"]))
        elif method == "Log.entryAdded" or (
            method == "Runtime.consoleAPICalled" and params["type"] in {"error", "warning", "assert"}
        ):
            self.complaints.append(json.dumps(params))
