"""Text that a human sees differently than a program reads it."""

from tests.blackbox.case import Build, accepted, change, refused
from tests.blackbox.world import CHARTER, claim, path


def saying(**fields: str) -> Build:
    return change({path(6): claim(6, **fields)})


CASES = (
    refused("right-to-left override in the goal", saying(goal='"Send 17 emails \u202eyliad"'), "REG108", says="U+202E"),
    refused("override by an escape", saying(goal='"Send 17 emails \\u202eyliad"'), "REG108", says="U+202E"),
    refused("override in a comment", change({path(6): claim(6) + "# \u202e7 :rebmun\n".encode()}), "REG108"),
    refused("zero-width space in a comment", change({path(6): b"# a\xe2\x80\x8bb\n" + claim(6)}), "REG108"),
    refused("override in a label's name", saying(labels='{"\u202eteam": A}'), "REG108"),
    refused("escaped zero width in a label's name", saying(labels='{"te\\u200dam": A}'), "REG108"),
    refused("zero-width joiner", saying(responsibilities='["Wri\u200dte"]'), "REG108"),
    refused("Hangul filler", saying(responsibilities='["Write \u3164"]'), "REG108"),
    refused("variation selector", saying(responsibilities='["Write\ufe0f"]'), "REG108"),
    refused("tag characters", saying(responsibilities='["Write\U000e0041"]'), "REG108"),
    refused("nothing but what is not seen", saying(role='"\u3164"'), "REG108"),
    refused("mixed scripts in the goal", saying(goal="Send 17 em\u0430ils daily"), "REG108"),
    refused("mixed scripts by an escape", saying(goal='"Send 17 em\\u0430ils daily"'), "REG108"),
    refused("override in the charter", change({"registry/charter.yaml": CHARTER + "# \u202e\n".encode()}), "REG108"),
    accepted("other languages", saying(goal='"Отправить 17 писем, 毎日, jeden Tag schöne Grüße"'), "REG210"),
)
