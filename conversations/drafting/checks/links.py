"""Where links stand in a text, however they are written: bare, in Markdown, with blanks and words for signs, in other alphabets.

The key of a link is its host and path. What looks like another host is another host: a Cyrillic letter, an address before an
`@`, an encoded letter.
"""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Hashable, Iterator, Sequence

Found = tuple[int, int, frozenset[Hashable]]

_REST = r"(?:\[\.\]|\(\.\)|[^\s<>\"')\]\[(])*"
_LINK = re.compile(
    rf"(?:h(?:tt|xx|\*\*)ps?|ftp|wss?|file)\s?:\s?(?:[/\\]\s?){{1,2}}(?=\S){_REST}|(?<!\w)(?:javascript|vbscript"
    rf"|intent):(?=\S){_REST}|(?<!\w)data:[a-z]+/[a-z]{_REST}|(?<![\w@./-])www\.{_REST}|(?<![\w:/])//[\w-]+\.{_REST}",
    re.IGNORECASE,
)
_ENDINGS = (
    "com|org|net|info|biz|eu|de|at|ch|es|fr|it|nl|be|uk|us|io|co|shop|store|app|online|link|me|test|example|invalid|dev|ai"
    "|xyz|top|site|club|pro"
    "|live|page|web|cloud|click|ru|ua|pl|pt|se|no|dk|fi|cz|ie|li|lu|ca|au|cn|jp|in|br|mx|tv|cc|ly|gg|gl|to|sh|id|mobi|tech"
    "|support|help|center"
    "|email|zip|mov|gov|edu|int|news|space|fun|icu|vip|win|bid|loan|buzz|cfd|sbs|рф"
)
_DOT = r"(?:\.|[。．｡]| ?[\[({] ?(?:\.|dot|punkt|punto|point) ?[\])}] ?| (?:dot|punkt|punto|point) )"
_BARE = re.compile(
    rf"(?<![\w@./-])(?:[^\W_](?:[\w-]*[^\W_])?{_DOT})+(?:{_ENDINGS})(?:{_DOT}uk)?(?::[0-9]{{2,5}})?(?:[/?#]{_REST})?(?![\w@-])",
    re.IGNORECASE,
)
_NUMERIC = re.compile(rf"(?<![\w./-])(?:[0-9]{{1,3}}\.){{3}}[0-9]{{1,3}}(?::[0-9]{{2,5}})?(?:/{_REST})?(?![\w.])")
_SPACED = re.compile(
    rf"(?<![\w@./-])(?:www ?\. ?)?[a-z0-9-]{{3,}} \. ?(?:{_ENDINGS})(?:/{_REST})?(?![\w@-])"
    rf"|(?<![\w@./-])[a-z0-9-]{{3,}}\. (?:com|org|net|invalid|example)(?:/{_REST})?(?![\w@-])"
)
_AFTER = ".,;:!?…*_`|"
# A full stop without a blank behind it is more often a slip than an address: "today.It is" has a capital, an address none.
_CAPITAL = re.compile(r"\.(?=[A-ZÄÖÜ][a-zäöüß])")


def whole_links(text: str) -> Iterator[Found]:
    """Links that say so by their scheme or by `www.`."""
    for match in _LINK.finditer(text):
        yield from _found(match)


def bare_links(text: str) -> Iterator[Found]:
    """Hosts without a scheme."""
    for pattern in (_BARE, _NUMERIC, _SPACED):
        for match in pattern.finditer(text):
            if not _CAPITAL.search(match.group()):
                yield from _found(match)
        text = pattern.sub(lambda match: " " * len(match.group()), text)


def host_of(key: Hashable) -> str:
    """The host in a link's key, without its port."""
    return re.split(r"[/?#:]", str(key), maxsplit=1)[0]


def is_below(host: str, hosts: Sequence[str]) -> bool:
    """Whether a host is one of these, or one below."""
    return any(host == known.casefold() or host.endswith(f".{known.casefold()}") for known in hosts)


def _found(match: re.Match[str]) -> Iterator[Found]:
    words = match.group().rstrip(_AFTER)
    key = _key(words)
    if key:
        yield match.start(), match.start() + len(words), frozenset({key})


def _key(words: str) -> str:
    """`https://www.shop.example/a/` is `shop.example/a`."""
    plain = re.sub(
        r" ?[\[({] ?(?:\.|dot|punkt|punto|point) ?[\])}] ?| (?:dot|punkt|punto|point) |[。．｡]| ?\. ?",
        ".",
        words,
        flags=re.IGNORECASE,
    )
    plain = re.sub(r"\s", "", plain)
    scheme = re.match(r"(?:(https?|hxxps?|h\*\*ps?):)?[/\\]{0,2}", plain, re.IGNORECASE)
    rest = plain[scheme.end() :] if scheme else plain
    if ":" in rest.partition("/")[0] and not re.match(r"[^/]*:[0-9]+(?:/|$)|[^/]*@", rest):
        return rest.casefold()  # javascript:, data: and the like, whole
    host, slash, path = re.sub(r"^www\.", "", rest, flags=re.IGNORECASE).partition("/")
    name, mark, query = host.partition("?")
    host = urllib.parse.unquote(name.rpartition("@")[2]).casefold()
    return (host + mark + query + slash + path).rstrip("/")
