"""What an answer over MCP names as the next step: calls of tools, and what is for a shell."""

import pytest

from validator.hosts.agents.tool_calls import as_calls, in_calls

TEXTS = [
    ("it waits; run: registry consensus acknowledge --push", "it waits; call acknowledge {}"),
    (
        "claim one; fill in: registry claim 2 --session-id x-1 --role ROLE --goal 'GOAL A' --key new --yes --push",
        'claim one; fill in: call claim {"number": 2, "role": "ROLE", "goal": "GOAL A", "key": "new"}',
    ),
    (
        "number 3 takes it: registry claim 3 --scope 'outreach 1-17' --scope 'replies: standard' --push",
        'number 3 takes it: call claim {"number": 3, "scope": ["outreach 1-17", "replies: standard"]}',
    ),
    ("registry claim 2 --session-id ID --goal GOAL", 'call claim {"number": 2, "name": "NAME", "goal": "GOAL"}'),
    ("registry claim NUMBER --status", 'call claim {"number": "NUMBER", "status": ""}'),
    ("take it back; run: registry withdraw claim/04", 'take it back; call withdraw {"proposal": "claim/04"}'),
    ("registry release 4 --reason REASON", 'call release {"reason": "REASON"}'),
    ("did you mean REG103? registry explain lists them all", "did you mean REG103? call explain {} lists them all"),
    ("see registry explain REG103.", 'see call explain {"rule": "REG103"}.'),
    ("see: registry whoami --fetch; then registry conflicts", "see: call whoami {}; then call conflicts {}"),
    ("wait; ask again with --fetch", "wait; ask again: call whoami {}"),
    # What no tool does
    ("ready; run: registry consensus confirm --push", "ready; run in a shell: registry consensus confirm --push"),
    ("a human has to approve it: registry approve 4", "a human has to approve it: in a shell: registry approve 4"),
    ("registry claim 2 --goal GOAL --pr", "in a shell: registry claim 2 --goal GOAL --pr"),
    # Options without a command
    ("add to the same command: --release REASON", "add to the same command: release REASON"),
    ('one adds --schedule "A, mon 10:00-11:00" now', 'one adds schedule ["A, mon 10:00-11:00"] now'),
    ("the claim has no goal; add --goal", "the claim has no goal; add goal"),
    # What is no command of ours
    ('you say "run: registry release 4 --reason x"', 'you say "run: registry release 4 --reason x"'),
    ("the registry claim is that a registry status is data", "the registry claim is that a registry status is data"),
    ("registry is a word", "registry is a word"),
    ("git fetch --unshallow", "git fetch --unshallow"),
]


@pytest.mark.parametrize(("text", "calls"), TEXTS)
def test_a_command_is_shown_as_the_call_that_does_it(text: str, calls: str) -> None:
    assert as_calls(text) == calls


def test_only_what_says_the_next_step_is_changed() -> None:
    words = ["registry", "consensus", "acknowledge"]
    document = {
        "goal": "registry status", "next_action": "registry status", "command": words, "number": 4, "again": None,
        "findings": [{"message": "registry status", "help": "registry conflicts"}], "advice": ["registry conflicts"],
    }  # fmt: skip
    assert in_calls(document) == document | {
        "next_action": "call status {}", "command": None, "advice": ["call conflicts {}"],
        "findings": [{"message": "registry status", "help": "call conflicts {}"}],
    }  # fmt: skip
    to_confirm = ["registry", "consensus", "confirm", "--push"]
    assert in_calls({"command": to_confirm}) == {"command": to_confirm}
    assert in_calls({"command": None}) == {"command": None}
