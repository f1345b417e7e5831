"""A real browser: Chromium, driven through its own driver, that can reach nothing but this machine."""

import base64
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys

WIDTHS = (360, 768, 1280)
SCHEMES = ("light", "dark")


class Browser:
    """One window of Chromium."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, address: str) -> None:
        """Load a page, and forget what was asked for before."""
        self.driver.get_log("performance")
        self.driver.get(address)

    def run(self, script: str, *values: Any) -> Any:
        """What a function's body returns in the page; runs beside the page's own policy, as a debugger does."""
        return self.driver.execute_script(script, *values)

    def look(self, width: int, scheme: str, height: int = 900) -> None:
        """Make the window so wide, and the colours dark or light; `print` is how the page looks on paper."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        features = [{"name": "prefers-color-scheme", "value": "light" if scheme == "print" else scheme}]
        media = "print" if scheme == "print" else ""
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})

    def requests(self) -> list[str]:
        """What the page has asked for since it was opened."""
        rows = [json.loads(row["message"])["message"] for row in self.driver.get_log("performance")]
        return [row["params"]["request"]["url"] for row in rows if row["method"] == "Network.requestWillBeSent"]

    def problems(self) -> list[str]:
        """What the browser's console complains of."""
        return [row["message"] for row in self.driver.get_log("browser")]

    def pdf(self) -> bytes:
        """The page as it is printed."""
        done = self.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})
        return base64.b64decode(done["data"])

    def picture(self) -> bytes:
        """What the window shows, as WebP: a quarter of the bytes of a PNG."""
        done = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "webp", "quality": 70})
        return base64.b64decode(done["data"])

    def tab(self, times: int) -> None:
        """Press the tabulator key so many times."""
        webdriver.ActionChains(self.driver, duration=0).send_keys(Keys.TAB * times).perform()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; Debian calls the programs so (apt-get install chromium chromium-driver)."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        raise SystemExit("there is no Chromium with its driver; on Debian: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for word in (
        "headless=new",
        "no-sandbox",
        "disable-gpu",
        "disable-dev-shm-usage",
        "hide-scrollbars",
        "disable-lcd-text",
    ):
        options.add_argument(f"--{word}")
    options.add_argument("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    window = webdriver.Chrome(options=options, service=Service(driver))
    try:
        window.set_script_timeout(60)
        yield Browser(window)
    finally:
        window.quit()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a plain web server of a folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
