"""Look at the pages with a real browser: `make browser-check`. Exit 1 at the first thing that is not as it should be.

Every page of the seed's fleet in four phases, in three widths, light and dark, and as printed: nothing is wider than
the window, and axe-core finds nothing; it makes a PDF; it asks for nothing but files of the site; the keyboard reaches
everything. Then a registry of nothing but hostile text: no element, attribute, link or request
that the templates do not write. Then a live page: it says that it is old, and another site's script gets nothing.

It needs Chromium and its driver, so it is no part of the suite.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from tests.cli.states import FLEET
from tests.cli.test_site import ATTRIBUTES, TAGS
from tests.hosts.site.chromium import SCHEMES, WIDTHS, Browser, chromium, served
from tests.hosts.site.fleets import PHASES, queue
from tests.hosts.site.hostile import EVERYTHING, hostile_everywhere
from tests.repository import ROOT, Repository, claim_path, environment

AXE = ROOT / ".ci/axe/node_modules/axe-core/axe.min.js"
SETTINGS = [(768, "print"), *((width, scheme) for width in WIDTHS for scheme in SCHEMES)]
# All rules of axe-core are asked on a telephone. Other widths, colours and paper change nothing for most: those are
# asked for what they change, and with --long for all. What 768 pixels colour is coloured at 360 or 1280.
ALL_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_WIDTH = ["scrollable-region-focusable", "target-size"]
OF_COLOUR = ["color-contrast", "link-in-text-block"]
# What is right needs no list of its elements: that takes a fifth of axe-core's time.
AUDIT = """
const [runOnly, done] = arguments, page = document.documentElement;
const wider = page.scrollWidth - page.clientWidth;
if (!runOnly.values.length) return done([wider, [], [], 0]);
const show = found => `${found.id}: ${found.nodes[0].html.slice(0, 200)}`;
const others = found => found.nodes.filter(({html}) => found.id !== "color-contrast" || !/^<text|"sign"/.test(html));
axe.run(document, {runOnly, resultTypes: ["violations", "incomplete"], selectors: false}).then(
  ({violations, incomplete, passes}) => {
    const undecided = incomplete.filter(found => others(found).length).map(show);
    const checks = violations.length + incomplete.length + passes.length;
    done([wider, violations.map(show), undecided, checks]);
  },
  error => done([wider, [String(error)], [], 0]));
"""
# What axe-core leaves undecided: words in a picture, and signs of one character; on paper all words, since it gets no
# backgrounds. WCAG 2.2, 1.4.3 asks for 4.5 : 1.
PALE = """
const [onPaper] = arguments;
const light = colour => {
  const parts = colour.match(/[0-9.]+/g).slice(0, 3).map(part => part / 255);
  const [r, g, b] = parts.map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = one => {
  const box = one.closest("g")?.querySelector("rect");
  if (box) return getComputedStyle(box).fill;
  for (let at = one; at && !onPaper; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (colour.startsWith("rgb(")) return colour;
  }
  return "rgb(255, 255, 255)";
};
const says = one => [...one.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
const asked = [...document.body.querySelectorAll(onPaper ? "*" : "svg text, .sign")].filter(says);
return asked.filter(one => one.getClientRects().length).flatMap(one => {
  const style = getComputedStyle(one), drawn = one.closest("svg") ? style.fill : style.color;
  const [low, high] = [light(drawn), light(behind(one))].sort((a, b) => a - b);
  const contrast = (high + 0.05) / (low + 0.05);
  return contrast >= 4.5 ? [] : [`${one.textContent}: ${contrast.toFixed(2)}`];
});
"""
REACHABLE = """
return [...document.querySelectorAll("a[href], [tabindex='0']")].map((one, at) => { one.dataset.at = at; return at; })
"""
FOLLOWED = """
document.activeElement.blur();
scrollTo(0, 0);
window.visited = [];
document.addEventListener("focusin", event => {
  const one = event.target, outlined = getComputedStyle(one).outlineStyle !== "none";
  visited.push([Number(one.dataset.at), outlined && one.getClientRects().length > 0]);
});
"""
DOM = """
const all = [...document.querySelectorAll("*")];
return {
  tags: [...new Set(all.map(one => one.tagName.toLowerCase()))],
  attributes: [...new Set(all.flatMap(one => one.getAttributeNames().map(name => name.toLowerCase())))],
  links: [...document.querySelectorAll("[href], [src]")].map(one => one.href?.baseVal ?? one.href ?? one.src),
  pwned: typeof window.pwned,
}
"""
INJECTED = """
const script = document.createElement("script");
script.textContent = "window.pwned = 1";
document.head.append(script);
const picture = document.createElement("img");
picture.setAttribute("onerror", "window.pwned = 1");
picture.src = "//pwned.example/x.png";
document.body.append(picture);
return typeof window.pwned;
"""


class Seen:
    """What was looked at: pages that an earlier phase had are not looked at again; `checks` are axe-core's."""

    def __init__(self, *, every_rule: bool) -> None:
        self.every_rule = every_rule
        self.same = set[tuple[str, bytes]]()
        self.checks = 0


def main() -> None:
    """All checks, in temporary folders."""
    parser = argparse.ArgumentParser(prog="make browser-check", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--long", action="store_true", help="ask every rule of axe-core in every setting")
    seen = Seen(every_rule=parser.parse_args().long)
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        for phase, made in PHASES.items():
            site = built(made(folder / f"{phase}.git"), folder / phase)
            many = look_at(browser, site, seen)
            settings = f"axe-core and layout in {len(SETTINGS)} settings"
            say(f"{many} new pages of the fleet that is {phase}: {settings}, PDF, requests, keyboard")
        say(f"{seen.checks:,} checks of axe-core that apply, no finding; words in pictures and signs: not pale")
        say(f"{attack(browser, folder)} pages of hostile text")
        from_a_file(browser, folder / "registering")
        say("a page from a file: styled, and no script runs")
        live(browser, folder)
        say("a live page: says that it is old; another site's script gets nothing")


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def holds(right: bool, where: str, what: object = "") -> None:
    if not right:
        raise SystemExit(f"{where}: {what}")


def built(repository: Repository, folder: Path, *options: str) -> Path:
    words = [sys.executable, "-P", "-m", "validator", "site", "--output", str(folder), *options]
    subprocess.run(words, cwd=repository.path, env=environment(PYTHONPATH=str(ROOT)), check=True, capture_output=True)
    return folder


def pages(site: Path) -> list[str]:
    return sorted(path.relative_to(site).as_posix() for path in site.rglob("*.html"))


def rules(width: int, scheme: str, *, every: bool) -> dict[str, object]:
    """What axe-core looks for in a setting."""
    if every or (width, scheme) == (WIDTHS[0], SCHEMES[0]):
        return {"type": "tag", "values": ALL_RULES}
    of_width = [] if scheme == "dark" else OF_WIDTH
    return {"type": "rule", "values": [*of_width, *(OF_COLOUR if width != WIDTHS[1] or scheme == "print" else [])]}


def look_at(browser: Browser, site: Path, seen: Seen) -> int:
    """Every check of every page, in every setting without loading it again."""
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    axe, looked_at = AXE.read_text("utf-8"), 0
    with served(site) as address:
        for page in pages(site):
            if (page, (site / page).read_bytes()) in seen.same:
                continue
            seen.same.add((page, (site / page).read_bytes()))
            looked_at += 1
            browser.open(f"{address}/{page}")
            browser.run(axe)
            for width, scheme in SETTINGS:
                browser.look(width, scheme)
                what = rules(width, scheme, every=seen.every_rule)
                wider, found, undecided, checks = browser.driver.execute_async_script(AUDIT, what)
                seen.checks += checks
                holds(wider <= 0, page, f"wider than {width}")
                holds(not found, f"{page} at {width}, {scheme}", found)
                holds(not undecided, f"{page} at {width}, {scheme}", f"axe-core leaves undecided: {undecided}")
                pale = browser.run(PALE, scheme == "print")
                holds(not pale, f"{page} at {width}, {scheme}", f"too pale: {pale}")
            holds(browser.pdf().startswith(b"%PDF-"), page, "cannot be printed")
            by_keyboard(browser, page)
            asked = {url.removeprefix(f"{address}/") for url in browser.requests()}
            holds(asked <= files, page, f"asks for {asked - files}")
    return looked_at


def by_keyboard(browser: Browser, page: str) -> None:
    """The tabulator key visits everything that can be used, in order, and shows where it is."""
    wanted = browser.run(REACHABLE)
    browser.run(FOLLOWED)
    browser.tab(len(wanted) + 1)  # the last one leaves the page
    visited = list[int]()
    for at, seen in browser.run("return visited"):
        holds(seen, page, f"the focus cannot be seen at element {at}")
        visited.append(at)
    holds(visited == wanted, page, f"the keyboard reaches {len(visited)} of {len(wanted)}")


def attack(browser: Browser, folder: Path) -> int:
    """Nothing of a registry's text becomes an element, an attribute, a link or a request."""
    repository, pulls = hostile_everywhere(folder / "hostile.git", EVERYTHING)
    (folder / "pulls.json").write_text(pulls, "utf-8")
    site = built(repository, folder / "hostile", "--pulls", str(folder / "pulls.json"))
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    markdown = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(
        (site / "REGISTRY.md").read_text("utf-8")
    )
    (site / "markdown.html").write_text(f"<!doctype html><title>x</title>{markdown}", "utf-8")
    shown = [*pages(site), "icon.svg", "REGISTRY.md", *(name for name in files if name.endswith(".json"))]
    with served(site) as address:
        for page in shown:
            browser.open(f"{address}/{page}")
            asked = {url.removeprefix(f"{address}/") for url in browser.requests()}
            holds(asked <= files | {"markdown.html", "favicon.ico"}, page, f"asks for {asked}")
            found = browser.run(DOM)
            holds(found["pwned"] == "undefined", page, "a script ran")
            if page.endswith(".html"):
                in_table = (
                    {"table", "thead", "tbody", "tr", "th", "td", "wbr", "style"} if page == "markdown.html" else set()
                )
                holds(set(found["tags"]) <= TAGS | in_table, page, set(found["tags"]) - TAGS)
                aligned = {"style"} if in_table else set()
                holds(set(found["attributes"]) <= ATTRIBUTES | aligned, page, set(found["attributes"]) - ATTRIBUTES)
                leads = {link.partition("#")[0].removeprefix(f"{address}/") for link in found["links"]}
                holds(leads <= files, page, f"links to {leads - files}")
                refused = [text for text in browser.problems() if "favicon" not in text]
                holds(not refused, page, refused)
    return len(shown)


def from_a_file(browser: Browser, site: Path) -> None:
    """Without a server the style is applied too, and the policy holds against what a debugger puts into the page."""
    browser.open((site / "index.html").as_uri())
    style = browser.run("return getComputedStyle(document.querySelector('.chip')).borderRadius")
    holds(style == "16px", "index.html from a file", f"is not styled: {style}")
    browser.run(INJECTED)
    time.sleep(0.5)
    holds(browser.run("return typeof window.pwned") == "undefined", "index.html from a file", "an injected script ran")
    holds(not [url for url in browser.requests() if not url.startswith("file:")], "index.html from a file", "asks")


@contextmanager
def serving(repository: Repository) -> Iterator[str]:
    """The address of `registry serve`."""
    words = [sys.executable, "-P", "-m", "validator", "serve", "--port", "0", "--interval", "0.3"]
    variables = environment(PYTHONPATH=str(ROOT))
    with subprocess.Popen(
        words, cwd=repository.path, env=variables, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            assert process.stdout
            yield process.stdout.readline().strip().rstrip("/")
        finally:
            os.kill(process.pid, signal.SIGTERM)


def live(browser: Browser, folder: Path) -> None:
    """A page that is open when main moves offers the new one; a page of another origin reads nothing."""
    repository = queue(folder / "live.git")
    with serving(repository) as address:
        browser.open(f"{address}/")
        before = browser.run("return document.querySelector('footer').textContent")
        time.sleep(1)
        holds(
            browser.run("return document.getElementById('old').textContent") == "", "live", "a new page says it is old"
        )
        repository.commit("main", {claim_path(4): FLEET[4]})
        offered = until(browser, "return document.querySelector('#old a')?.textContent")
        holds(offered == "Show the new one", "live", f"says {offered}")
        browser.run("document.querySelector('#old a').click()")
        after = until(browser, f"const t = document.querySelector('footer').textContent; return t !== {before!r} && t")
        holds(bool(after), "live", "the new page is the old one")
        (folder / "other").mkdir()
        (folder / "other/index.html").write_text("<!doctype html><title>other</title>")
        with served(folder / "other") as other:
            browser.open(f"{other}/")
            got = browser.driver.execute_async_script(
                "const done = arguments[1];"
                "fetch(arguments[0]).then(answer => answer.text()).then(text => done(text), error => done(null))",
                f"{address}/api/v1/status.json",
            )
            holds(got is None, "live", f"another site's script reads {got}")


def until(browser: Browser, script: str) -> Any:
    """What a script returns, once that is something."""
    late = time.monotonic() + 20
    found = None
    while not found and time.monotonic() < late:
        time.sleep(0.2)
        found = browser.run(script)
    return found


if __name__ == "__main__":
    main()
