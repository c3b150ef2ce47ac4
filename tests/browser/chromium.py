"""Chromium without a window, driven over two pipes by the Chrome DevTools Protocol: no port, no library.

with Chromium("/usr/bin/chromium") as browser:
    page = browser.open("file:///…/report.html")
    page.run("document.title")

All waits end after WAIT_S seconds with an exception. Nothing of the browser is left when the block ends.
"""

import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

WAIT_S = 60

# The last ones keep the browser from talking to its maker.
OPTIONS = [
    "--headless", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run", "--no-default-browser-check",
    "--force-color-profile=srgb", "--hide-scrollbars", "--lang=en", "--disable-dev-shm-usage", "--disable-quic",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-default-apps", "--metrics-recording-only", "--disable-features=MediaRouter,OptimizationHints",
]


def _high(descriptor):
    """The same file at a number that no standard stream and neither of the two pipes has."""
    copy = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(descriptor)
    return copy


class Chromium:
    def __init__(self, program):
        self.profile = tempfile.mkdtemp(prefix="llmbench-browser.")
        theirs_in, self.into = map(_high, os.pipe())
        self.out, theirs_out = map(_high, os.pipe())
        options = OPTIONS + (["--no-sandbox"] if os.getuid() == 0 else [])

        def hand_over():
            os.dup2(theirs_in, 3)
            os.dup2(theirs_out, 4)

        self.process = subprocess.Popen(
            [program, *options, "--user-data-dir=" + self.profile, "about:blank"], preexec_fn=hand_over,
            pass_fds=(3, 4), start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.received = b""
        self.number = 0
        self.pages = {}

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        try:
            self.call("Browser.close")
            self.process.wait(WAIT_S)
        except Exception:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        os.close(self.into)
        os.close(self.out)
        shutil.rmtree(self.profile, ignore_errors=True)

    def _message(self, until):
        while b"\0" not in self.received:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.out], [], [], left)[0]:
                raise TimeoutError("the browser says nothing")
            piece = os.read(self.out, 1 << 20)
            if not piece:
                raise EOFError("the browser ended")
            self.received += piece
        message, self.received = self.received.split(b"\0", 1)
        return json.loads(message)

    def _take_event(self, message):
        page = self.pages.get(message.get("sessionId"))
        if page and "method" in message:
            page.events.append((message["method"], message["params"]))

    def call(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.into, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + WAIT_S
        while True:
            message = self._message(until)
            if message.get("id") != self.number:
                self._take_event(message)
                continue
            if "error" in message:
                raise RuntimeError(f"{method}: {message['error']['message']}")
            return message["result"]

    def wait_event(self, page, method):
        until = time.monotonic() + WAIT_S
        while not page.seen(method):
            self._take_event(self._message(until))

    def open(self, address, script=True, width=1280, height=900, scheme="light"):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self.pages[session] = Page(self, target, session)
        for domain in "Page", "Runtime", "Network", "Log":
            page.call(domain + ".enable")
        page.resize(width, height)
        page.emulate(scheme)
        if not script:
            page.call("Emulation.setScriptExecutionDisabled", value=True)
        page.call("Page.navigate", url=address)
        self.wait_event(page, "Page.loadEventFired")
        return page


class Page:
    """What happened to the page is in `events`, in order: (method, parameters)."""

    def __init__(self, browser, target, session):
        self.browser = browser
        self.target = target
        self.session = session
        self.events = []

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def seen(self, method):
        return [parameters for name, parameters in self.events if name == method]

    def run(self, expression):
        """The value of an expression of JavaScript, which must be one that JSON can hold."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description", expression))
        return answer["result"].get("value")

    def reload(self):
        self.events.clear()
        self.call("Page.reload")
        self.browser.wait_event(self, "Page.loadEventFired")

    def resize(self, width, height, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def emulate(self, scheme="light", media="screen"):
        self.call("Emulation.setEmulatedMedia", media=media,
                  features=[{"name": "prefers-color-scheme", "value": scheme},
                            {"name": "prefers-reduced-motion", "value": "reduce"}])  # what is seen holds at once

    def key(self, key, code=None):
        for kind in "keyDown", "keyUp":
            text = {"text": "\r"} if key == "Enter" and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code or key,
                      windowsVirtualKeyCode=KEYS[key], **text)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def move(self, x, y):
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def click(self, x, y):
        for kind in "mousePressed", "mouseReleased":
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def touch(self, x, y):
        self.call("Emulation.setTouchEmulationEnabled", enabled=True)
        self.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        self.call("Emulation.setTouchEmulationEnabled", enabled=False)

    def picture(self):
        """PNG, base64, of the whole page."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        return self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)


KEYS = {"Enter": 13, "Escape": 27, "Tab": 9, "Home": 36, "End": 35, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
        "ArrowDown": 40}
