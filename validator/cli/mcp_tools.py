"""The tools of `registry mcp`: each does what the verb of its name does, and answers with a verb's document."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent

from validator.cli.claim import claim_document
from validator.cli.conflicts import ConflictsDocument, conflicts_of
from validator.cli.consensus.documents import document_of as record_document
from validator.cli.console import Console
from validator.cli.explain import RulesDocument, find, rules_document
from validator.cli.fetching import fetch_first
from validator.cli.history import HistoryDocument, history_of
from validator.cli.key_files import key_folder
from validator.cli.mcp_arguments import AMENDMENT, CLAIM, Fetch, Text, takes
from validator.cli.pull_request import RELEASE_APART, on_github
from validator.cli.status import StatusDocument, status_at
from validator.cli.whoami import WhoamiDocument, whoami
from validator.git.child_processes import closing
from validator.git.clone import around
from validator.git.repo import Repo
from validator.hosts.agents.hooks import MOST_LETTERS
from validator.hosts.agents.identity import Identity, bind, identity, require_name
from validator.hosts.agents.runtimes import running
from validator.hosts.agents.tool_calls import as_calls, call_text, in_calls
from validator.model.errors import FatalError
from validator.model.escape import json_text, visible
from validator.model.phrases import quoted
from validator.operations.claim.keyed import claim_with_key
from validator.operations.claim.request import ClaimOptions, reason_for, request_from
from validator.operations.consensus.acknowledge import acknowledge
from validator.operations.release import release
from validator.operations.whoami.facts import HELD
from validator.operations.withdraw import withdraw
from validator.registry.reader import reader_at
from validator.report.documents import ClaimDocument, PrintedDocument, RecordDocument
from validator.rules import RULES
from validator.startup import describe


@contextmanager
def answering() -> Iterator[None]:
    """One call: what goes wrong is a line for the agent, and the Git processes that it has started end with it."""
    try:
        with closing():
            yield
    except (FatalError, OSError) as error:
        raise ToolError(describe(error) if isinstance(error, OSError) else as_calls(str(error))) from error
    except UnicodeEncodeError as error:
        raise ToolError("an argument is not Unicode text") from error


def answer(document: PrintedDocument, *, failed: bool = False) -> CallToolResult:
    """A document as a tool's answer, its next steps as calls of tools; `failed`: the verb would exit with 1."""
    content = in_calls(document.model_dump(mode="json"))
    return CallToolResult(
        content=[TextContent(type="text", text=json_text(content))], structured_content=content, is_error=failed
    )


class Tools:
    """The tools in one repository. The session that calls is looked up at each call."""

    def __init__(self, console: Console, repo: Path) -> None:
        self.console, self.repo = console, repo

    def fetch(self, wanted: bool) -> None:
        """Ask the remote, where that is wanted."""
        if wanted:
            fetch_first(self.console, self.repo)

    def me(self) -> WhoamiDocument:
        """What main says about the session that calls."""
        return whoami(self.console, self._who(), self.repo, None)

    def _who(self) -> Identity:
        """The session that calls. Raises FatalError where it is not known, with the tool that sets it."""
        found = identity(None, os.environ, self.repo)
        if found is None:
            way_out = "look at status, then call claim with name, role and goal"
            raise FatalError(f"nobody has said who you are: {way_out}{self._mission()}")
        return found

    def _mission(self) -> str:
        """What the fleet is for, which a session has to know before it chooses role and goal."""
        reader, main = reader_at(self.repo, None)
        (charter,) = reader.charters([main]).values()
        return (
            f". The fleet's mission, as data: {quoted(visible(charter.mission.statement), MOST_LETTERS)}"
            if charter
            else ""
        )

    def whoami(self, fetch: Fetch = True) -> Annotated[CallToolResult, WhoamiDocument]:
        """Who you are in the registry, and what to do next. Call this first."""
        with answering():
            self.fetch(fetch)
            return answer(self.me())

    def status(self, fetch: Fetch = True) -> Annotated[CallToolResult, StatusDocument]:
        """How far the fleet is: every number with its state, role and session; the criteria; the next action."""
        with answering():
            self.fetch(fetch)
            return answer(status_at(self.repo, None, now=self.console.now))

    def news(self, since: Text = None, fetch: Fetch = True) -> Annotated[CallToolResult, HistoryDocument]:
        """What happened on main after a commit: pass the `commit` of the answer before. Left out: everything."""
        with answering():
            self.fetch(fetch)
            document = history_of(*reader_at(self.repo, None))
            if since is None:
                return answer(document)
            commits = [step.commit for step in document.steps]
            if since not in commits:
                raise FatalError("main has no such commit; give the commit of an earlier answer, or leave it out")
            new = {*commits[commits.index(since) + 1 :]}
            events = tuple(one for one in document.events if one.commit in new)
            steps = tuple(one for one in document.steps if one.commit in new)
            return answer(document.model_copy(update={"events": events, "steps": steps}))

    def conflicts(self, fetch: Fetch = True) -> Annotated[CallToolResult, ConflictsDocument]:
        """Conflicts on main and in proposals: who was first, and what to do."""
        with answering():
            self.fetch(fetch)
            return answer(conflicts_of(*reader_at(self.repo, None)))

    def explain(self, rule: Text = None) -> Annotated[CallToolResult, RulesDocument]:
        """A rule in full, by its code (REG103) or name; left out: the list, each with its summary alone."""
        with answering():
            if rule is not None:
                return answer(rules_document((find(rule),)))
            rules = rules_document(RULES).rules
            return answer(RulesDocument(rules=tuple(one.model_copy(update={"documentation": ""}) for one in rules)))

    @takes(CLAIM)
    def claim(self, **said: Any) -> Annotated[CallToolResult, ClaimDocument]:
        """Propose a claim of a number and push it, if no session was faster; a human approves it.

        `goal` is a sentence with numbers; the targets are read from it, or said in `targets` ("emails sent >= 17
        emails/day"). `schedule` says when you work ("Send, mon-fri 10:00-11:00"). `name` says who you are, where nobody
        has said it yet: lower-case words joined by -, the same after a restart.
        """
        with answering():
            return self._claim("claim", said)

    @takes(AMENDMENT)
    def amend(self, **said: Any) -> Annotated[CallToolResult, ClaimDocument]:
        """Propose to change your own claim: say only what changes; a human approves it.

        In an active fleet a claim changes only with `release`, the reason why you give the number back first.
        """
        with answering():
            return self._claim("amend", said, self._number())

    def withdraw(self, proposal: Text = None) -> Annotated[CallToolResult, WhoamiDocument]:
        """Take an open proposal of your own back; a withdrawn one never comes back."""
        with answering():
            withdraw(repo=self.repo, remote="", session_id=self._who().name, name=proposal)
            return answer(self.me())

    def acknowledge(self) -> Annotated[CallToolResult, RecordDocument]:
        """Commit to your number, role and goal, after the registry was broadcast."""
        with answering():
            state, draft, outcome = acknowledge(
                repo=self.repo,
                remote="",
                session_id=self._who().name,
                now=self.console.now,
                hint=self.console.hint,
            )
            return answer(record_document(state, draft, outcome), failed=not outcome.succeeded)

    def release(self, reason: Text = None) -> Annotated[CallToolResult, WhoamiDocument]:
        """Propose to give your own number back, with a reason that is kept; a human approves it."""
        with answering():
            number = self._number()
            done = release(repo=self.repo, remote="", number=number, reason=reason or "")
            if not done.succeeded:
                raise FatalError(done.note)
            return answer(self.me())

    def _speaker(self, name: str | None) -> str:
        """The session that calls: its name from before, else from this call. Raises FatalError for another one."""
        found = identity(None, os.environ, self.repo)
        if name is None:
            return self._who().name
        if found and found.name != name:
            raise FatalError(f"you are {found.name} ({found.source}); leave the name out")
        require_name(name)
        return name

    def _number(self) -> int:
        """The number that the session holds, or has proposed."""
        me = self.me()
        if me.number is None or me.state not in (*HELD, "proposed"):
            raise FatalError(f"{me.session_id} has no number; {me.next_action}")
        return me.number

    def _claim(self, tool: str, said: dict[str, Any], own: int | None = None) -> CallToolResult:
        """Claim by what a tool was told; `own` is the session's number. The name is kept once something is proposed."""
        if said.get("release") and on_github(Repo(self.repo)):
            raise FatalError(RELEASE_APART)
        speaker, shown = self._speaker(said.get("name")), tuple[str, ...]()
        number = own or said.get("number")
        options = ClaimOptions(
            number, role=said["role"], goal=said["goal"], targets=tuple(said["targets"]),
            responsibilities=tuple(said["responsibilities"]), scope=tuple(said["scope"]),
            schedule=tuple(said["schedule"]), status=said["status"],
        )  # fmt: skip
        request = request_from(options, any_number=number is None, now=self.console.now, name=lambda: speaker)
        request = request._replace(release=reason_for(said.get("release")))

        def accept(targets: tuple[str, ...]) -> bool:
            nonlocal shown
            shown = () if list(targets) == said["accept_targets"] else targets
            return not shown

        outcome, _ = claim_with_key(
            repo=self.repo, request=request, key=said["key"], folder=key_folder(), push=True, remote="",
            hint=self.console.hint, accept=accept,
        )  # fmt: skip
        if outcome.succeeded and identity(None, os.environ, self.repo) is None:
            bind(around(self.repo), running(os.environ), speaker, self.console.now)
        if shown:
            again = {name: value for name, value in said.items() if value} | {"accept_targets": list(shown)}
            note = (
                f"nothing is proposed yet: these targets are read from the goal: {'; '.join(shown)}; if they are right"
            )
            outcome = outcome._replace(note=f"{note}, {call_text(tool, again)}; if not, say the right ones in targets")
        return answer(claim_document(outcome), failed=not outcome.succeeded and not shown)
