"""Text that others chose, such as names in records, kept from being more than text.

`harmless` is the one rule of which characters may pass at all, whatever the page; each format
then escapes its own markup. Every renderer applies it to every text, so that no page has to
remember which of its words came from outside.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, urlsplit

# What a terminal acts on: strings that end with BEL or ST (titles, OSC 8 links), then control
# sequences (colours, cursor), then any other escape. ECMA-48, sections 5.3 to 5.6 and 8.3.89.
_STRING = re.compile(
    "(?:\x1b[\\]PX^_]|[\x90\x98\x9d\x9e\x9f]).*?(?:\x07|\x1b\\\\|\x9c|$)", re.DOTALL
)
_SEQUENCE = re.compile("(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?")
_ESCAPE = re.compile("\x1b[ -/]*[0-~]?")
# Controls, invisible formatting (bidirectional marks, zero-width characters), lone surrogates,
# private and unassigned characters, separators of lines and paragraphs.
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# White space at which a line may break; a no-break space stays what it is.
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
SOFT_HYPHEN = "\u00ad"
_INVALID_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKDOWN = re.compile(r"([\\`*\[\]~$|])")
_AT_THE_START = re.compile(r"^(#{1,6}(?=\s|$)|[-+=](?=[\s=-]|$)|\d+(?=[.)](?:\s|$)))")
_SAFE_SCHEMES = ("https",)


def harmless(text: str) -> str:
    """The text as one line of visible characters; runs of white space become one space.

    Terminal sequences go with all that they hold, other characters that are not visible become
    spaces.
    """
    return _SPACES.sub(" ", _visible(text)).strip()


def visible_lines(text: str) -> str:
    """The text with its own lines and spaces, each line of visible characters alone."""
    return "\n".join(map(_visible, text.split("\n")))


def markdown(text: str) -> str:
    """`harmless` text for a line or a cell of GitHub Markdown: no markup, no HTML, no link."""
    text = _MARKDOWN.sub(r"\\\1", harmless(text))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Within a word an underscore is one; elsewhere it may begin emphasis.
    text = re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", text)
    # What GitHub would make a link by itself.
    text = re.sub(r"(?i)\b(https?|ftp|mailto|xmpp|javascript|data):", r"\1&#58;", text)
    return re.sub(r"(?i)\bwww\.", "www&#46;", text)


def line_start(text: str) -> str:
    """Escaped Markdown that begins a line: no heading, list or rule."""
    return _AT_THE_START.sub(lambda found: f"&#{ord(found[1][0])};{found[1][1:]}", text)


def heading(text: str, shy: str = "&shy;") -> str:
    """The heading of a column as Markdown; soft hyphens stay, as narrow screens need them."""
    return shy.join(markdown(part) for part in text.split(SOFT_HYPHEN))


def code(text: str) -> str:
    """`harmless` text as a code span of GitHub Markdown, in a line or a cell."""
    text = harmless(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence, pad = "`" * (longest + 1), " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}" if text else ""


def address(href: str) -> str:
    """A link's target as it may stand in a page; empty where it may not.

    Allowed are `#anchor`, relative addresses and https; nothing that runs (`javascript:`), holds
    the content itself (`data:`) or names another host without saying so (`//host`).
    """
    if harmless(href) != href or "\\" in href or href.startswith("//"):
        return ""
    try:
        scheme = urlsplit(href).scheme.lower()
    except ValueError:
        return ""
    if scheme not in ("", *_SAFE_SCHEMES):
        return ""
    return quote(href, safe="/:?#@!$&*+,;=%-._~")


def xml(text: str) -> str:
    """A drawing's source without what XML forbids and without invisible formatting."""
    kept = _INVALID_XML.sub("", text)
    return "".join(c for c in kept if c in "\n\t\r" or unicodedata.category(c) not in _REFUSED)


def spreadsheet(text: str) -> str:
    """`harmless` text for a cell of a CSV file: no formula of a spreadsheet program.

    Source: OWASP, "CSV Injection".
    """
    text = harmless(text)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _visible(text: str) -> str:
    for pattern in (_STRING, _SEQUENCE, _ESCAPE):
        text = pattern.sub("", text)
    return "".join(" " if unicodedata.category(c) in _REFUSED else c for c in text)
