"""A real Chromium without a window, driven over its own pipe (Chrome DevTools Protocol)."""

import base64
import fcntl
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE_S = 120.0
PHONE, DESK = (390, 844), (1280, 900)


@dataclass
class Browser:
    """One page of a browser.

    Attributes:
        logs: what the page wrote to its console, and what its policy kept from it.
        requests: every address that it asked for.
        loads: how many pages it has read to their end.
    """

    _to: int
    _from: int
    logs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    loads: int = 0
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _rest: bytes = b""
    _session: str = ""

    def start(self) -> None:
        """Open an empty page."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        opened = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = opened["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **given: Any) -> dict[str, Any]:
        """Ask for something and return the answer."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": given}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def open(self, url: str, size: tuple[int, int] = DESK) -> None:
        """Go to an address in a window of a size, and wait until it is read."""
        width, height = size
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=size == PHONE,
        )
        self._go("Page.navigate", url=url)

    def reload(self) -> None:
        """Read the page again, to its end: until then the old one would still answer."""
        self._go("Page.reload")

    def run(self, script: str) -> Any:
        """Return the value of an expression on the page."""
        found = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + _PATIENCE_S
        while not self.run(condition):
            assert time.monotonic() < end, f"{condition} did not come about: {self.logs}"
            time.sleep(0.02)

    def type(self, text: str) -> None:
        """Type a text where the cursor is."""
        self.call("Input.insertText", text=text)

    def press(self, key: str) -> None:
        """Press and release a key."""
        codes = {"Enter": 13, "Tab": 9, "Escape": 27, " ": 32}
        given: dict[str, Any] = {"key": key, "code": key, "windowsVirtualKeyCode": codes[key]}
        text = {"Enter": "\r", " ": " "}.get(key)
        self.call(
            "Input.dispatchKeyEvent", type="keyDown", **given, **({"text": text} if text else {})
        )
        self.call("Input.dispatchKeyEvent", type="keyUp", **given)

    def picture(self, file: Path) -> None:
        """Write the whole page as an image."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        file.write_bytes(base64.b64decode(shot["data"]))

    def _go(self, method: str, **given: Any) -> None:
        before, end = self.loads, time.monotonic() + _PATIENCE_S
        self.call(method, **given)
        while self.loads == before:
            assert time.monotonic() < end, f"{method} {given} did not come to its end: {self.logs}"
            self.run("0")
            time.sleep(0.02)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            read = os.read(self._from, 1 << 20)
            assert read, "the browser has gone"
            self._rest += read
        line, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        self._hear(message.get("method", ""), message.get("params", {}))
        return message

    def _hear(self, method: str, told: dict[str, Any]) -> None:
        if method == "Log.entryAdded":
            self.logs.append(told["entry"]["text"])
        elif method == "Runtime.exceptionThrown":
            self.logs.append(str(told["exceptionDetails"]))
        elif method == "Page.loadEventFired":
            self.loads += 1
        elif method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])


@contextmanager
def browsing(folder: Path) -> Iterator[Browser]:
    """Run a browser with an empty profile in a folder for as long as the block lasts."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()

    def place() -> None:
        # Out of the way first: either may be 3 or 4 already.
        high = [fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in (theirs_in, theirs_out)]
        for number, each in enumerate(high, 3):
            os.dup2(each, number)

    command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    command += ["--remote-debugging-pipe", f"--user-data-dir={folder}", "--no-first-run"]
    process = subprocess.Popen(
        command,
        preexec_fn=place,  # noqa: PLW1509 - nothing but two file handles is moved
        close_fds=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    browser = Browser(ours_out, ours_in)
    try:
        browser.start()
        yield browser
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)
        os.close(ours_out)
        os.close(ours_in)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser for the whole run; every test opens its own address."""
    with browsing(tmp_path_factory.mktemp("browser")) as running:
        yield running
