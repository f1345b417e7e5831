"""Make the pictures of `docs/pictures/`: what an approver sees of nine proposals, two of them bad. `make pictures`."""

import tempfile
from pathlib import Path

from tests.hosts.site.browser import built
from tests.hosts.site.chromium import chromium
from tests.hosts.site.fleets import queue
from tests.repository import ROOT

FOLDER = ROOT / "docs/pictures"
# The picture → page, width and height of the window, colours.
PICTURES = {
    "today.webp": ("index.html", 760, 1290, "light"),
    "rejected.webp": ("proposals/claim-09.html", 760, 860, "light"),
    "telephone.webp": ("index.html", 360, 800, "dark"),
}


def main() -> None:
    """Write every picture anew; the same program and fonts make the same bytes."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        site = built(queue(Path(name, "queue.git")), Path(name, "queue"))
        for picture, (page, width, height, scheme) in PICTURES.items():
            browser.open((site / page).as_uri())
            browser.look(width, scheme, height)
            (FOLDER / picture).write_bytes(browser.picture())
            print(f"wrote docs/pictures/{picture}")


if __name__ == "__main__":
    main()
