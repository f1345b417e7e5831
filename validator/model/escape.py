"""Escape untrusted text for where it is shown: terminal, build log, workflow command, Markdown, JSON, URI.

Every function takes any `str`, lone surrogates included, raises nothing and returns well-formed Unicode. The escapes
cannot be read back: a backslash in the text stays as it is.
"""

import functools
import re
from typing import Any
from urllib.parse import quote

# Listed here, not taken from `unicodedata`: the output must be the same under every Python version.
_CONTROL = "\x00-\x1f\x7f-\x9f\u2028\u2029"  # Cc, Zl, Zp
_FORMAT = (  # Cf: bidirectional controls, joiners, tags, marks that enclose other characters
    "\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
)
# The rest of Default_Ignorable_Code_Point (Unicode, DerivedCoreProperties): letters and marks that are not drawn.
_INVISIBLE = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff"
_SURROGATE = "\ud800-\udfff"
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U0010ffff"
_NO_CHARACTER = "\ufdd0-\ufdef" + "".join(
    f"{chr(plane - 2)}{chr(plane - 1)}" for plane in range(0x10000, 0x100000, 0x10000)
)
_HIDDEN = re.compile(f"[{_CONTROL}{_FORMAT}{_INVISIBLE}{_SURROGATE}{_PRIVATE}{_NO_CHARACTER}]")
_ILL_FORMED = re.compile(f"[{_SURROGATE}]")

# `##[command]` is obeyed anywhere in a line by GitHub's runner (ActionCommand.TryParse), `##vso[…]` by Azure Pipelines.
_LOG_COMMAND = re.compile(r"#(?=#\w*\[)")

# What Markdown or HTML could take for markup within a line. All else stays as it is, so that the source can be read.
# A `&` begins an entity only before a letter or `#`.
# A `>` begins a quotation only where a line begins, and `_` within a word is a letter.
_SIGNS = r"&(?=[#\w])|[`*\[\]\\~|]|(?<![^\W_])_|_(?![^\W_])"
_MARKUP = re.compile(rf"<|{_SIGNS}")
_MARKDOWN = re.compile(rf"<(?!=? )|{_SIGNS}")  # `<= 2` and `< 2` begin no tag
_NAMED = {"&": "&amp;", "<": "&lt;"}
# After decoding entities, GitHub makes links of web and e-mail addresses, `#1`, `GH-1` and commits, mentions of `@name`
# and pictures of `:name:`. A tag between the parts keeps them apart, and the dollars of what could be a formula:
# a dollar before a digit ends none.
_LINKED = re.compile(r"@|:(?!\s|$|%|\d+(?![\w:+-]))|#(?=\w)|\bGH-(?=\d)|\bwww(?=\.)", re.IGNORECASE)
_COMMIT = re.compile(r"\b[0-9a-f]{7,40}\b", re.IGNORECASE)
_FORMULA = re.compile(r"\$(?!\d)")

# What stands before the host of a URL (RFC 3986, 3.2.1), up to the last `@` of it, also where a password was pasted
# with a space or a slash in it, which makes it no URL; and tokens in a query. A colon with five digits at most is a
# port, unless an `@` with the name of a host follows in what would be the path then.
_USER = r"""[^\s/?#'"@:\[]*"""
_AT_HOST = r"""(?=@[\w-]+(?:\.[\w-]+)+(?:[/:\s'"]|$))"""
_CREDENTIALS = re.compile(
    rf"""(?P<scheme>[a-z][a-z0-9+.-]{{0,40}}://)(?P<user>{_USER}:(?!\d{{1,5}}[/?#\s])[^\s"]{{0,2000}}"""
    rf"""|{_USER}:(?!\s|\d{{1,5}}[/?#\s])[^\n/?#'"@]{{0,2000}}|{_USER}:\d{{1,5}}/[^\s'"@]{{1,2000}}{_AT_HOST}"""
    r"""|[^\s/?#'"]*)@"""
    r"""|(?<![^\s'"])(?P<scp>[^\s/'"@:]+:)[^\s/'"@:]+(?=@[^\s/'"@:]+:)"""  # bot:PASSWORD@host:path, as scp writes it
    r"""|(?P<query>[?&][\w-]*(?:token|key|pass\w*|pwd|secret|sig\w*|auth\w*|code)=)[^\s&'"]+""",
    re.IGNORECASE,
)
# The same where a quotation mark says where an address begins, as Git puts one: whatever stands before its `@`.
_QUOTED = re.compile(
    r"""(?<=['"])(?:(?P<scheme>[a-z][a-z0-9+.-]*://)(?P<user>[^'"\n/?#]+)@"""
    r"""|(?P<scp>[^\s/'"@:]+:)[^'"/\n@:]+(?=@[^\s/'"@:]+:))""",
    re.IGNORECASE,
)


_SCP = re.compile(r"([^\s/@:]+:).+(@[^/@:]+:[^@]*)", re.DOTALL)  # bot:PASSWORD@host:path, as scp writes it
_PORT = re.compile(r"\d{1,5}")
_LATER_HOST = re.compile(r"[/?#][^@]+@[\w-]+(?:\.[\w-]+)+(?:[/:]|$)")


def without_credentials(text: str) -> str:
    """Text without passwords or tokens in its URLs. An SSH user name is kept: `ssh://git@host`."""
    return _CREDENTIALS.sub(_uncredited, _QUOTED.sub(_uncredited, text))


def address_without_credentials(address: str) -> str:
    """The same of what is known to be one address as a whole, whatever is in its password: no doubt where it ends."""
    scheme, found, rest = address.partition("://")
    if not found:
        scp = _SCP.fullmatch(address)
        return f"{scp[1]}***{scp[2]}" if scp else address
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    user, colon, port = authority.partition(":")
    doubtless = "@" in authority or (colon and not _PORT.fullmatch(port))
    if "@" not in rest or authority.startswith("[") or not (doubtless or _LATER_HOST.search(rest)):
        return without_credentials(address)
    before, _, after = rest.rpartition("@")
    if "ssh" in scheme.lower() and ":" not in before:
        return address
    named = f"{user}:***" if "ssh" in scheme.lower() else "***"
    return without_credentials(f"{scheme}://{named}@{after}")


def without_address(text: str, address: str) -> str:
    """Text without the credentials of one address, wherever it stands; also what a program takes for its host."""
    shown = address_without_credentials(address)
    if shown == address:
        return text
    user, colon, rest = re.split(r"[/?#]", address.partition("://")[2], maxsplit=1)[0].partition(":")
    text = text.replace(address, shown)
    return text.replace(f"{user}:{rest}", f"{user}:***") if colon and not _PORT.fullmatch(rest) else text


def _uncredited(found: re.Match[str]) -> str:
    parts = found.groupdict()
    if parts["scheme"] is None:
        return f"{parts['scp'] or parts['query']}***"
    user, colon, _ = parts["user"].partition(":")
    if "ssh" not in parts["scheme"].lower():
        return f"{parts['scheme']}***@"
    return f"{parts['scheme']}{user}:***@" if colon else found[0]


def visible(text: str) -> str:
    r"""Show on one line what a terminal would obey, reorder or not draw, as `\xNN`, `\uNNNN` or `\UNNNNNNNN`.

    That is control, line-breaking, format (bidirectional, zero-width), ignorable and private characters, surrogates and
    noncharacters. Bytes of a path that are not UTF-8 (PEP 383) come out as the byte. All else is unchanged.
    """
    return text if text.isascii() and text.isprintable() else _HIDDEN.sub(_spelled, text)


def well_formed(text: str) -> str:
    r"""Text that every JSON reader takes: lone surrogates as `\xNN` or `\uNNNN`, all else unchanged."""
    return text if text.isascii() else _ILL_FORMED.sub(_spelled, text)


def well_formed_or_none(text: str | None) -> str | None:
    """The same of a text that may be missing."""
    return text if text is None or text.isascii() else well_formed(text)


def logged(text: str) -> str:
    """`visible`, and without `##[…]` commands of build systems; the caller has to begin the line with its own text."""
    return _LOG_COMMAND.sub(r"\\x23", visible(text))


def workflow_data(text: str) -> str:
    """The message of a GitHub workflow command; `%` and LF as in `escapeData` of actions/toolkit, `command.ts`.

    Its `%0D` is not used: the runner would turn that into a CR again, which hides a line on a terminal.
    """
    return "\n".join(map(logged, text.split("\n"))).replace("%", "%25").replace("\n", "%0A")


def workflow_property(text: str) -> str:
    """A property of a GitHub workflow command, on one line; `:` and `,` as in `escapeProperty` of actions/toolkit."""
    return workflow_data(visible(text)).replace(":", "%3A").replace(",", "%2C")


def prose(text: str) -> str:
    """Text on one line for Markdown or HTML, behind words of our own: no character is markup, nothing becomes a link.

    Only what could be either is changed, so that the source of a page can be read as well.
    """
    return _MARKUP.sub(lambda found: _NAMED.get(found[0], f"&#{ord(found[0])};"), _parted(text)).replace("\0", "<wbr>")


@functools.lru_cache(maxsize=4096)  # sessions with the same work say much alike
def markdown_prose(text: str) -> str:
    r"""The same for Markdown alone, outside of HTML: `\*` in the place of `&#42;`, which people read more easily."""
    return _MARKDOWN.sub(lambda found: _NAMED.get(found[0], f"\\{found[0]}"), _parted(text)).replace("\0", "<wbr>")


def _parted(text: str) -> str:
    """What would become a link, with a NUL (which `visible` leaves nowhere) where it has to be parted."""
    parted = _LINKED.sub("\\g<0>\0", _COMMIT.sub(_in_pieces, visible(text)))
    return parted.replace("$", "$\0") if _FORMULA.search(parted) else parted


def _in_pieces(found: re.Match[str]) -> str:
    """Six digits make no commit for GitHub, seven do."""
    return "\0".join(found[0][at : at + 6] for at in range(0, len(found[0]), 6))


def markdown(text: str) -> str:
    """The same as an HTML `<code>`."""
    return f"<code>{prose(text)}</code>"


def uri(path: str) -> str:
    """A Git path as relative URI reference (RFC 3986); bytes that are not UTF-8 keep their value."""
    encodable = "".join(part if "\udc80" <= part <= "\udcff" else well_formed(part) for part in path)
    return quote(encodable.encode("utf-8", "surrogateescape"), safe="/")


def json_text(value: Any) -> str:
    """A JSON-like value of well-formed texts as JSON: printable ASCII, indented, keys in their order, ending in LF."""
    import json  # most reports do not need it

    return json.dumps(value, indent=2, allow_nan=False) + "\n"


def long_json_text(value: Any) -> str:
    """The same of a value without fractions, which are written in another way here; several times faster."""
    from pydantic_core import to_json

    return to_json(value, indent=2, ensure_ascii=True).decode().replace("\x7f", "\\u007f") + "\n"


def _spelled(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # how PEP 383 keeps a byte that is not UTF-8
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
