"""`registry site`: every page of registries in several states, what a rebuild changes, and untrusted text."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag

import pytest

from tests.cli.stage import Stage, git, new_key, verb
from tests.cli.states import FLEET, STATES
from tests.cli.test_proposals import claims, propose
from tests.hosts.site.fleets import agreed
from tests.hosts.site.hostile import ATTACKS, EVERYTHING, hostile, hostile_everywhere
from tests.repository import Repository, claim_path, with_charter
from tests.shell import program, quoted
from tests.test_schema import broken
from validator.model.keys import fingerprint
from validator.rules import RULES

TAGS = {
    *("html", "head", "meta", "title", "link", "body", "a", "header", "nav", "main", "footer", "section"),
    *("h1", "h2", "h3", "p", "ul", "ol", "li", "dl", "dt", "dd", "span", "strong", "code", "time", "div"),
    *("svg", "g", "rect", "text", "line", "title"),
}
ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "rel", "href", "type", "class", "id", "datetime", "role"),
    *("aria-label", "aria-labelledby", "aria-current", "aria-hidden", "tabindex", "viewbox", "width", "height"),
    *("x", "y", "x1", "y1", "x2", "y2", "rx", "text-anchor", "preserveaspectratio"),
}


class Parsed(HTMLParser):
    """The elements of a page, its links, and the names that links can point at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.attributes = set[str](), set[str]()
        self.links, self.ids = list[str](), set[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.ids |= {value or "" for name, value in attrs if name == "id"}


def build(repository: Path, folder: Path) -> dict[str, bytes]:
    """The files of a site that is made now."""
    done = verb(repository, "site", "--output", str(folder))
    told = re.sub(r"^[0-9,]+ of [0-9,]+ (files|claims|steps of main)\n", "", done.err, flags=re.MULTILINE)
    assert (done.exit_code, told) == (0, ""), "nothing but how far it is, where the machine is busy"
    return content(folder)


def content(folder: Path) -> dict[str, bytes]:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(".")}


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def pages(files: dict[str, bytes]) -> Iterator[tuple[str, Parsed]]:
    for name, text in files.items():
        if name.endswith(".html"):
            yield name, Parsed(text.decode())


def unwrapped(page: bytes) -> str:
    """The page with its commands as plain text: no mark around a word that a browser must not break."""
    return re.sub('<span class="word">(.*?)</span>', r"\1", page.decode())


def assert_sound(files: dict[str, bytes]) -> None:
    """No page has an element, an attribute or a link that the templates do not write; every link leads somewhere."""
    parsed = dict(pages(files))
    for name, page in parsed.items():
        assert page.tags <= TAGS, f"{name}: {page.tags - TAGS}"
        assert page.attributes <= ATTRIBUTES, f"{name}: {page.attributes - ATTRIBUTES}"
        for link in page.links:
            target, fragment = urldefrag(link)
            folder = Path("/", name).parent
            path = (folder / target).as_posix() if target else f"/{name}"
            path = re.sub(r"/[^/]+/\.\./", "/", path).lstrip("/")
            assert path in files, f"{name} links to {link}"
            if fragment:
                assert fragment in parsed[path].ids, f"{name} links to {link}"


@pytest.mark.parametrize("state", [*STATES, "broken"])
@pytest.mark.takes_long
def test_every_link_leads_to_a_file_of_the_site(state: str, tmp_path: Path) -> None:
    repository = {**STATES, "broken": broken}[state](tmp_path / "registry.git")
    files = build(repository.path, tmp_path / "site")
    assert_sound(files)
    assert files == build(repository.path, tmp_path / "again")
    numbers = {name for name in files if re.fullmatch(r"sessions/[0-9]+\.html", name)}
    assert numbers == {f"sessions/{number:02}.html" for number in range(1, 13)}
    commit, digest = repository.git("rev-parse", "main"), json.loads(files["api/v1/status.json"])["digest"]
    assert all(word in files["index.html"].decode() for word in (commit[:12], digest))


def test_documents_are_what_the_verbs_print(halfway_there: Repository, tmp_path: Path) -> None:
    files = build(halfway_there.path, tmp_path / "site")
    printed = {
        **{name: (name,) for name in ("status", "history", "conflicts")},
        "proposals": ("proposals",),
        "consensus": ("consensus", "status"),
        "rules": ("explain",),
    }
    for name, words in printed.items():
        assert files[f"api/v1/{name}.json"].decode() == verb(halfway_there.path, *words, "--format", "json").out, name
    assert files["api/v1/export.json"].decode() == verb(halfway_there.path, "export").out
    assert files["REGISTRY.md"].decode() == verb(halfway_there.path, "export", "--format", "markdown").out
    index = json.loads(files["api/v1/index.json"])
    assert {f"api/v1/{row['path']}" for row in index["documents"]} | {"api/v1/index.json"} == {
        name for name in files if name.startswith("api/")
    }
    week = json.loads(files["api/v1/schedule.json"])["week"]
    done = verb(halfway_there.path, "schedule", "--week", week, "--output", str(tmp_path / "week.ics"))
    assert done.exit_code == 0
    assert files["week.ics"] == (tmp_path / "week.ics").read_bytes()


def test_the_queue_has_the_oldest_first_with_verdict_and_command(stage: Stage, tmp_path: Path) -> None:
    stage.registered(4)
    claims(stage, 2)
    claims(stage, 1, role="Master of everything")
    claims(stage, 3, role="Master of nothing")
    propose(stage, "release/04", ("registry/sessions/04.yaml", None), message="Release number 4: gone")
    files = build(stage.human, tmp_path / "site")
    text = files["index.html"].decode()
    assert "Waiting for you (2)" in text
    assert "Rejected by the gate (2)" in text
    assert "If you approve all 2: 1 of 12 registered; open: 1, 3-12." in text
    waiting, rejected = text.split("Rejected by the gate")
    assert "registry approve claim/02" in waiting
    assert "registry approve release/04" in waiting
    assert "registry approve claim/01" not in text
    words = 'registry reject {} <span class="word">--reason</span> &#34;WHY&#34;'
    form = f'fill in: <code class="command form">{words}</code>'
    assert f"<p>You may turn it down; {form.format('claim/01')}</p>" in rejected
    assert f"<p>Or turn it down; {form.format('claim/02')}</p>" in waiting
    assert '<code class="command">registry approve <span class="word">--all-accepted</span></code>' in waiting
    assert "TEXT" not in text, "a form that is pasted as it is must not look finished"
    assert re.search(r"^\.command\.form \{ user-select: auto; \}$", files["style.css"].decode(), re.MULTILINE)
    assert waiting.count('<span class="chip good">the gate accepts it</span>') == 2
    assert rejected.count('<span class="chip bad">the gate rejects it</span>') == 2
    assert rejected.count('<span class="chip bad">proposed, the gate rejects it</span>') == 2, "numbers 1 and 3"
    assert '<span class="chip wait">proposed</span>' in rejected, "number 2"
    assert "the same number, role, session or part of the work, the first that you approve wins" in waiting
    assert "in your clone of this registry" in waiting
    assert "so whoever can push can approve" in waiting.partition("registry approve")[0], "before the commands"
    assert waiting.count("Hours are times of America/Los_Angeles.") == text.count("Hours are times of") == 1
    assert "one after the other: <code" in waiting, "none has a warning"
    assert "<p>Targets: " in waiting
    assert not re.search("GitHub|from forks", text), "there is no remote on GitHub"
    assert '<p class="notice bad">error REG106' in rejected
    moves = re.sub(r"<[^>]*>", "", text.partition("Whose move")[2].partition("Waiting for you")[0])
    assert "You (an approver) approve or turn down the 2 below" in moves
    assert "those who proposed claim/01, claim/03 mend them, propose something else or withdraw them" in moves
    status, consensus = (json.loads(files[f"api/v1/{name}.json"]) for name in ("status", "consensus"))
    assert consensus["rejected"] == ["claim/01", "claim/03"]
    assert status["next_action"] == consensus["next_action"]
    assert "proposed: 2: registry proposals; those who proposed claim/01, claim/03 mend them" in status["next_action"]
    page = files["proposals/claim-01.html"].decode()
    assert "The gate rejects this" in page
    assert f"<p>You may turn it down; {form.format('claim/01')}</p>" in page
    assert "<p>Or turn it down; fill in:" in files["proposals/claim-02.html"].decode()
    for shown in (text, page):
        assert shown.count("(WHY itself is refused). Then its branch is removed, its session reads the reason in") == 1
    assert text.count("shows each proposal as it is then, and asks: what was amended after this page was made") == 1
    assert "tells it how" in page
    assert '<code class="command">registry whoami' not in page + text, "the session runs it, not who reads the page"
    assert "A warning stops nothing" not in page + text
    assert "Planned role</dt><dd>Master Coordinator" in page
    assert "Claimed role</dt><dd>Master of everything" in page
    assert "Way out:" in page
    assert "+role: Master of everything" in page
    assert "Release number 4: gone" in files["proposals/release-04.html"].decode()
    page = files["proposals/claim-02.html"].decode()
    assert re.search("<dt>Duties</dt><dd><ul.*<dt>Takes of the work</dt><dd>.*<dt>When</dt><dd>", page, re.DOTALL)
    index, proposals = (json.loads(files[f"api/v1/{name}.json"]) for name in ("index", "proposals"))
    assert index["as_of"] == max(row["proposed_at"] for row in proposals["proposals"])
    assert text.count(f'shown, on main or in a proposal, is of <time datetime="{index["as_of"]}"') == 2, (
        "on top, and below"
    )
    session = files["sessions/01.html"].decode()
    assert '<p class="head"><span class="chip bad">proposed, the gate rejects it</span>' in session
    assert 'claim-01.html">claim/01</a> (the gate rejects it)</p>' in session
    assert "claim/02</a></p>" in files["sessions/02.html"].decode()
    history = files["history.html"].decode()
    assert history.count("Approvals are not signed here, so history cannot prove who approved.") == 1
    assert "names no approver" not in history
    registry = files["REGISTRY.md"].decode()
    assert registry.endswith("\n\nNothing on main conflicts.\n"), "what is proposed conflicts"
    assert "\n\nThis page is of main alone. With what is proposed, the next action can be another one: " in registry


def test_who_signed_is_shown(guarded: Stage, tmp_path: Path) -> None:
    key = str(guarded.folder / "owner")
    git(guarded.human, "checkout", "--quiet", "-b", "claim/04")
    (guarded.human / claim_path(4)).write_text(FLEET[4], encoding="utf-8")
    git(guarded.human, "add", "--all")
    signing = ("-c", "gpg.format=ssh", "-c", f"user.signingkey={key}", "-c", "commit.gpgsign=true")
    git(guarded.human, *signing, "commit", "--quiet", "--message", "Claim number 4")
    git(guarded.human, "push", "--quiet", "origin", "claim/04")
    claims(guarded, 5)
    session = new_key(guarded.folder / "session")
    git(guarded.human, "checkout", "--quiet", "-b", "claim/06", "origin/main")
    (guarded.human / claim_path(6)).write_text(f"{FLEET[6]}key: {session}\n", encoding="utf-8")
    git(guarded.human, "add", "--all")
    signing = (
        "-c",
        "gpg.format=ssh",
        "-c",
        f"user.signingkey={guarded.folder / 'session'}",
        "-c",
        "commit.gpgsign=true",
    )
    git(guarded.human, *signing, "commit", "--quiet", "--message", "Claim number 6")
    git(guarded.human, "push", "--quiet", "origin", "claim/06")
    files = build(guarded.bare, tmp_path / "site")
    assert "Approvals are signed here" in files["index.html"].decode()
    assert "the commit names no approver" in files["history.html"].decode()
    assert "where COMMIT is the full id of main's first commit" in unescape(files["history.html"].decode())
    assert "Signed</dt><dd>by @OWNER</dd>" in files["proposals/claim-04.html"].decode()
    assert "Signed</dt><dd>by marketing-outreach-3</dd>" in files["proposals/claim-06.html"].decode()
    page = files["proposals/claim-05.html"].decode()
    assert "Signed</dt><dd>no</dd>" in page
    warned = "<p>A warning stops nothing: approve it as it is, or ask its session for a better claim first.</p>"
    assert warned in page
    today = files["index.html"].decode()
    assert today.count(warned) == 2, "claim/05 and claim/06"
    assert "one after the other, including claim/05, claim/06, which have a warning: <code" in today
    when = '<dt>When</dt><dd><span class="soft">Times of America/Los_Angeles</span><ul'
    assert when in files["proposals/claim-04.html"].decode()
    assert "Commit message:</span> Claim number 4</p>" in files["proposals/claim-04.html"].decode()
    assert "<dt>Key</dt><dd>none</dd>" in page
    shown = f"<code>{fingerprint(session)}</code> (new)"
    assert f"<dt>Key</dt><dd>{shown}</dd>" in files["proposals/claim-06.html"].decode()
    assert f"<p>Key: {shown}</p>" in files["index.html"].decode()
    assert verb(guarded.human, "approve", "6", "--yes").exit_code == 0
    git(guarded.human, "fetch", "--quiet")
    files = build(guarded.bare, tmp_path / "site")
    page = files["sessions/06.html"].decode()
    assert "approved by @OWNER" in files["history.html"].decode()
    assert '<g class="gap">' in files["charter.html"].decode()
    assert "Nobody has on main: outreach 1-33" in unescape(files["charter.html"].decode())
    assert f"<dt>Key</dt><dd>{shown}</dd>" in page
    assert session.split()[1] not in page


def test_a_rebuild_writes_what_changed_and_removes_what_is_gone(tmp_path: Path) -> None:
    repository = with_charter(tmp_path / "registry.git", [1, 4])
    repository.commit("claim/05", {claim_path(5): FLEET[5]}, "refs/heads/main^0")
    before = build(repository.path, tmp_path / "site")
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "site").rglob("*.html")}
    assert "0 files written" in verb(repository.path, "site", "--output", str(tmp_path / "site")).out
    assert stamps == {path: path.stat().st_mtime_ns for path in (tmp_path / "site").rglob("*.html")}
    (tmp_path / "site/sessions/04.html").unlink()
    assert "1 file written" in verb(repository.path, "site", "--output", str(tmp_path / "site")).out
    repository.merge("claim/05")
    repository.git("update-ref", "-d", "refs/heads/claim/05")
    after = build(repository.path, tmp_path / "site")
    assert "proposals/claim-05.html" in before.keys() - after.keys()
    assert {name for name in changed(before, after) if name.startswith("sessions/")} == {
        *("sessions/05.html", "sessions/index.html")
    }
    assert after == build(repository.path, tmp_path / "fresh")


def test_a_main_that_moves_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The approver merges when the pages have been judged already: they show the new main, and no proposal any more."""
    repository = with_charter(tmp_path / "registry.git", [4])
    repository.commit("claim/05", {claim_path(5): FLEET[5]}, "refs/heads/main^0")
    before = repository.git("rev-parse", "main")
    repository.merge("claim/05")
    after = repository.git("rev-parse", "main")
    repository.git("update-ref", "refs/heads/main", before)
    real = shutil.which("git") or ""
    move = (
        f"env -i {quoted(real)} --git-dir={quoted(repository.path)} update-ref"  # not in the environment of the other
    )
    moves = f"{move} refs/heads/main {after}; {move} -d refs/heads/claim/05"
    once = f"if mkdir {quoted(tmp_path / 'moved')} 2>/dev/null; then {moves}; fi"
    git_that_moves = program(
        tmp_path / "programs/git", f'case "$*" in *diff-tree*-p*) {once};; esac; exec {quoted(real)} "$@"'
    )
    monkeypatch.setenv("PATH", f"{git_that_moves.parent}{os.pathsep}{os.environ['PATH']}")
    files = build(repository.path, tmp_path / "site")
    stamps = {name: json.loads(files[f"api/v1/{name}.json"])["commit"] for name in ("status", "export", "history")}
    assert {*stamps.values()} == {after}
    assert "Waiting for you (0)" in files["index.html"].decode()
    assert "proposals/claim-05.html" not in files


def test_a_damaged_file_is_written_again(halfway_there: Repository, tmp_path: Path) -> None:
    files = build(halfway_there.path, tmp_path / "site")
    (tmp_path / "site/index.html").write_text("half a page")
    (tmp_path / "site/week.html").unlink()
    assert build(halfway_there.path, tmp_path / "site") == files


def test_a_folder_with_something_else_is_left_alone(halfway_there: Repository, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = verb(halfway_there.path, "site", "--output", str(tmp_path))
    assert (done.exit_code, [path.name for path in tmp_path.iterdir()]) == (2, ["mine.txt"])
    assert "holds something else" in done.err


@pytest.mark.parametrize("files", ['{"../mine": ["x", 1]}', '{"/mine": ["x", 1]}', '{"a": 1}', "[]", '"x"', "{"])
def test_a_list_of_files_that_is_not_its_own_deletes_nothing(
    files: str, halfway_there: Repository, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "site").mkdir()
    (tmp_path / "site/.registry-site.json").write_text(f'{{"files": {files}}}')
    done = verb(halfway_there.path, "site", "--output", str(tmp_path / "site"))
    assert (done.exit_code, (tmp_path / "mine").exists()) == (2, True)
    assert "make the site again" in done.err


def test_each_page_shows_what_its_document_says(tmp_path: Path) -> None:
    repository = agreed(tmp_path / "registry.git")
    files = build(repository.path, tmp_path / "site")
    text = {name: unescape(unwrapped(page)) for name, page in files.items() if name.endswith(".html")}
    status = json.loads(files["api/v1/status.json"])
    today = text["index.html"]
    assert '<li aria-current="step"><strong>5 broadcast</strong> <span class="step">every session ack' in today
    assert len(status["criteria"]) == 6
    assert all(row["evidence"] in today and row["evidence"] in text["consensus.html"] for row in status["criteria"])
    assert "Records that no longer count (1)" in today
    assert "registry consensus acknowledge --session-id marketing-outreach-1 --push" in today
    assert today.count('<span class="no">') == 12
    assert all(slot["session_id"] in today and slot["goal"] in today for slot in status["slots"])
    session = text["sessions/04.html"]
    assert all(
        word in session
        for word in ("delivery rate: at least 95 percent", '"bar"', '"week"', "no: its record no longer")
    )
    assert '<g class="gap">' not in text["charter.html"]
    assert text["charter.html"].count("Nothing is left over.") == text["charter.html"].count('class="bar"') == 4
    assert 'href="week.ics"' in text["week.html"]
    assert "Send morning batch" in text["week.html"]
    assert "Nothing conflicts" in text["conflicts.html"]
    assert all(f"{rule.CODE} {rule.NAME}" in text["rules.html"] for rule in RULES)


@pytest.mark.parametrize("text", ATTACKS, ids=range(len(ATTACKS)))
def test_untrusted_text_stays_text(text: str, tmp_path: Path) -> None:
    repository = hostile(tmp_path / "registry.git", text)
    files = build(repository.path, tmp_path / "site")
    assert_sound(files)
    for name, page in files.items():
        hidden = re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]", page.decode())
        assert not hidden or name == "week.ics", name
        if name.startswith("api/"):
            json.loads(page)


@pytest.mark.takes_long
def test_untrusted_text_stays_text_where_no_valid_registry_has_it(tmp_path: Path) -> None:
    """In names, records, branches, tags, the reason of a release, and what GitHub says of a fork."""
    repository, pulls = hostile_everywhere(tmp_path / "registry.git", EVERYTHING)
    (tmp_path / "pulls.json").write_text(pulls, encoding="utf-8")
    words = ("--output", str(tmp_path / "site"), "--pulls", str(tmp_path / "pulls.json"))
    assert verb(repository.path, "site", *words).exit_code == 0
    files = content(tmp_path / "site")
    assert_sound(files)
    odd = {"proposals/pull-7.html", "proposals/claim-09.html", "proposals/charter-odd.html", "sessions/08.html"}
    assert odd <= files.keys()
    assert ATTACKS[2] in json.loads(files["api/v1/proposals/claim-03.json"])["proposal"]["author"]
    for name, shown in (("proposals/charter-odd", "approvers"), ("charter", "ssh-ed25519"), ("sessions/12", "SHA256:")):
        assert shown in unescape(files[f"{name}.html"].decode()), name
    history = json.loads(files["api/v1/history.json"])
    assert [bool(row["reason"]) for row in history["events"] if row["event"] == "released"] == [True]


def test_many_steps_and_numbers_are_several_pages(tmp_path: Path) -> None:
    repository = with_charter(tmp_path / "registry.git", [4])
    lines = [b"commit refs/heads/main\ncommitter x <x> 1795164000 +0000\ndata 1\nx\n" for _ in range(600)]
    lines[0] += b"from refs/heads/main^0\n"
    repository.raw("fast-import", "--quiet", stdin=b"".join(lines))
    charter = (repository.git("show", "main:registry/charter.yaml") + "\n").replace("capacity: 12", "capacity: 1200")
    far = FLEET[6].replace("number: 6\n", "number: 1100\n")
    repository.commit("main", {"registry/charter.yaml": charter, claim_path(1100): far})
    before = build(repository.path, tmp_path / "site")
    repository.commit("main", {claim_path(5): FLEET[5]})
    after = build(repository.path, tmp_path / "site")
    assert_sound(after)
    assert before["history-1.html"] == after["history-1.html"]
    assert {name for name in after if name.startswith("history")} == {"history-1.html", "history.html"}
    assert before["history.html"] != after["history.html"]
    lists = {name for name in after if re.match("sessions/[a-z]", name)}
    assert lists == {"sessions/index.html", "sessions/from-1001.html"}
    assert changed(before, after) & {name for name in after if name.startswith("sessions/")} == {
        *("sessions/05.html", "sessions/index.html")
    }
    assert "1100" in Parsed(after["sessions/from-1001.html"].decode()).links[-3]
    assert ">1–500</a>" in after["sessions/from-1001.html"].decode()


def test_a_release_is_shown_with_its_reason(stage: Stage, tmp_path: Path) -> None:
    stage.registered(4)
    git(stage.human, "rm", "--quiet", claim_path(4))
    git(stage.human, "commit", "--quiet", "--message", "Release number 4: the <b>desk</b> is closed")
    git(stage.human, "push", "--quiet", "origin", "main")
    files = build(stage.bare, tmp_path / "site")
    shown = "the &lt;b&gt;desk&lt;/b&gt; is closed"
    assert files["sessions/04.html"].decode().count(shown) == 1
    assert files["history.html"].decode().count(shown) == 2  # once as the subject of the commit


def test_the_site_of_an_older_main(halfway_there: Repository, tmp_path: Path) -> None:
    done = verb(halfway_there.path, "site", "--output", str(tmp_path), "--ref", "main~2", "--format", "json")
    assert done.document["commit"] == halfway_there.git("rev-parse", "main~2")
    assert done.document["written"] > 20


def test_the_remote_is_asked_first(stage: Stage, tmp_path: Path) -> None:
    behind = stage.clone("behind")
    landed = stage.registered(4)
    assert json.loads(build(behind, tmp_path / "old")["api/v1/status.json"])["commit"] == stage.beginning
    done = verb(behind, "site", "--output", str(tmp_path / "new"), "--fetch", "--format", "json")
    assert done.document["commit"] == landed
