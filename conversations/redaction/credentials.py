"""What opens doors: keys and tokens by their form, passwords by the words around them, tokens in links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from conversations.redaction.folding import fold, in_small_letters
from conversations.redaction.spans import BLANK, Kind, Span
from conversations.redaction.words import listed

_SHAPED = re.compile(
    r"(?<![\w-])(?:"
    r"(?:sk|pk|rk)[-_](?:live_|test_|proj-|ant-|or-)?[A-Za-z0-9_-]{16,200}"
    r"|(?:gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|xapp-|npm_|hf_|pypi-|dop_v1_|whsec_|shp(?:at|ss|ca|pa)_"
    r"|SG\.|ya29\.|AIza|lin_api_|dckr_pat_|figd_)"
    r"[A-Za-z0-9_.-]{10,250}"
    r"|(?:AKIA|ASIA|AROA)[A-Z0-9]{16}"
    r"|eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,4000}(?:\.[A-Za-z0-9_-]{0,2000})?"
    r")(?![\w-])"
)
_BLOCK = re.compile(
    r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.{0,8000}?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)", re.DOTALL
)
_LONG_FROM = 24
# Long, of small and capital letters and digits alike, or of hexadecimal digits: nothing that people read or write.
_LONG = re.compile(rf"(?<![\w/+=.-])[A-Za-z0-9_\-+/]{{{_LONG_FROM},400}}={{0,2}}(?![\w/+=-])")
_HEXADECIMAL = re.compile(
    r"(?<![\w-])(?=[0-9a-f]{0,63}[a-f])(?=[0-9a-f]{0,63}[0-9])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![\w-])",
    re.IGNORECASE,
)

_WORD_FOR = (
    r"(?:pass\s?-?(?:word|wort|code|phrase)|passw(?:or[dt])?|pwd?|kennwort|geheimzahl|zugangscode|losung"
    r"|contrase[nñ]a|password|clave"
    r"(?:\sde\sacceso|\ssecreta)?|c[oó]digo\s(?:secreto|de\sacceso|de\sseguridad)|mots?\sde\spasse?|mdp"
    r"|code\s(?:secret|d['’]acc[eè]s|confidentiel)"
    r"|api[\s_-]?(?:key|token|schl[uü]ssel)|clave\s(?:de\s)?api|cl[eé]\s(?:d['’]?\s?)?api|(?:access|auth"
    r"|bearer|secret)[\s_-]?(?:token|key)|client[\s_-]?secret"
    r"|token|secret|bearer|\bpin(?:\s?-?(?:code|nummer|number|zahl))?|\btan\b|\bcv[vc]2?\b|cvn\b"
    r"|pr[uü]f(?:ziffer|nummer)|security\scode|sicherheitscode|cryptogramme|\botp\b"
    r"|einmalcode|one[\s-]?time\s?-?code|verification\scode|best[aä]tigungscode|code\sde\sv[eé]rification"
    r"|sms-?code|passphrase|recovery\scode|login)"
)
_FILLER = (
    r"(?:\s?\([^)\n]{0,30}\)|\s(?:for|für|fuer|f[uü]r|zum|zu|beim|der|des|de|del|du|to|of|my|mein|mi|mon"
    r"|the|das|la|el|le|kunden|customer|account|konto|kundenkonto|cuenta|compte|wlan|wifi|shop|karte|card"
    r"|carte|tarjeta|login)){0,4}"
)
_SPOKEN_OF = re.compile(rf"(?<![^\W_]){_WORD_FOR}")
# Several words in quotes.
_QUOTED = re.compile(
    rf"(?<![^\W_]){_WORD_FOR}(?![^\W_])(?:\s(?:is|was|ist|war|lautet|es|era|est))?\s?[:=]?\s?"
    r"[\"'„“‚‘«‹`](?P<value>[^\s\"'“”’»›`][^\n\"“”»›`]{2,60}?)[\"'“”’»›`](?![^\W_])",
    re.IGNORECASE,
)
_SAID = re.compile(
    rf"(?<![^\W_])(?P<word>{_WORD_FOR})s?(?![^\W_])(?:{_FILLER}"
    rf"|(?P<loose>(?:\s[^\W\d_]{{1,20}}){{1,4}}))(?P<link>\s?[:=]\s?|\s?[–—-]\s|\s(?:is|was|ist|war|lautet"
    r"|lautete|es|era|est|était|etait|are|sind|son)"
    r"(?:\s(?:still|immer\snoch|noch|also|auch|now|jetzt|ahora|toujours|jeweils|currently|aktuell))?\s?:?\s"
    r"|\s(?=[\"'„“«‹`])|\s(?=[0-9]{3,8}(?!\w))|\s(?=\S{0,30}[0-9!$%&#+]))"
    r"(?P<quote>[\"'„“”‚‘«‹`]?)\s?(?P<value>[^\s\"„“”«»‹›`\ue000]{3,200})",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?:(?:https?|s?ftps?|ssh|redis|postgres(?:ql)?|mysql|mongodb(?:\+srv)?|amqps?)://|www\.)[^\s<>\"\]]{4,2000}",
    re.IGNORECASE,
)
_USER = re.compile(r"\A(?:[a-z+]{2,12}://)([^\s/@:]{1,100}:[^\s/@]{1,200})@", re.IGNORECASE)
_PARAMETER = re.compile(r"[?&;#]([^=&#\s?]{1,60})=([^&#\s]{1,1500})")
_SECRET_PARAMETER = re.compile(
    r"tok|secret|\bsig|key|auth|sess|sid\b|passw?|pwd|code|otp|reset|verif|confirm|login|magic|jwt|hash|nonce"
    r"|csrf|user|uid|mail|phone|tel\b|name|signature|credential|invite|access|ticket|state"
    r"|kunde|client|geb|birth|address",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"%(?:25){0,4}[0-9a-f]{2}", re.IGNORECASE)
_PIECE = re.compile(r"(?<=/)[^/?#\s]{12,500}")


def secret_spans(text: str) -> Iterator[Span]:
    """Keys by their shape, and whatever is said to be a password, a PIN or a token."""
    for pattern in (_BLOCK, _SHAPED):
        for match in pattern.finditer(text):
            yield Span(match.start(), match.end(), Kind.SECRET, match[0])
    if any(len(word) >= _LONG_FROM for word in text.split()):
        for match in _HEXADECIMAL.finditer(text):
            yield Span(match.start(), match.end(), Kind.SECRET, match[0])
        for match in _LONG.finditer(text):
            if _is_random(match[0]):
                yield Span(match.start(), match.end(), Kind.SECRET, match[0])
    words = _words_for_secrets(text)
    end = 0
    for place in words:
        if place >= end and (quoted := _QUOTED.match(text, place)):
            end = quoted.end()
            yield Span(quoted.start("value"), quoted.end("value"), Kind.SECRET, quoted["value"])
    end = 0
    for place in words:
        if place >= end and (said := _SAID.match(text, place)):
            value = said["value"].rstrip(".,;:!?)'’") if not said["quote"] else said["value"].rstrip("'’,.;")
            if len(value) >= 3 and _is_said(said, value):
                end = said.start("value") + len(value)
                yield Span(said.start("value"), end, Kind.SECRET, value)
            else:
                end = said.end("word")


def _words_for_secrets(text: str) -> list[int]:
    """Where they begin, also within each other; in small letters, which is half as dear to look for."""
    small, places = in_small_letters(text), [-1]
    while word := _SPOKEN_OF.search(small, places[-1] + 1):
        places.append(word.start())
    return places[1:]


def _is_said(match: re.Match[str], value: str) -> bool:
    """Whether this is a password that is told, or only something that is said about one."""
    if fold(value) in listed("no_passwords") or not any(map(str.isalnum, value)):
        return False
    odd = any(not character.isalpha() for character in value.strip("-'’")) or not (value.islower() or value.istitle())
    if match["loose"] or match["word"].casefold() == "login":
        # Words that stand between, or a login, which is mostly the name: only what looks like a password is one.
        return odd and any(map(str.isdigit, value))
    if match["quote"] or ":" in match["link"] or "=" in match["link"]:
        return True
    if not match["link"].strip() or match["link"].strip() in "–—-":
        return any(map(str.isdigit, value)) and (odd or value.isdigit())
    after = match.string[match.start("value") + len(value) :].lstrip(" \t)'\"’")
    return odd or not after or after[0] in ".,;!\n"


def link_secret_spans(text: str) -> Iterator[Span]:
    """What is secret in links: users with passwords, tokens as parameters, long random pieces of a path."""
    for link in _LINK.finditer(text) if "://" in text or "www." in text.lower() else ():
        start, address = link.start(), link[0].rstrip(".,;:!?)'")
        if user := _USER.match(address):
            yield Span(start + user.start(1), start + user.end(1), Kind.LINK, user[1])
        for match in _PARAMETER.finditer(address):
            if (
                "@" not in match[2]
                and BLANK not in match[2]
                and (_SECRET_PARAMETER.search(match[1]) or _is_random(match[2]))
            ):
                yield Span(start + match.start(2), start + match.end(2), Kind.LINK, match[2])
        for match in _PIECE.finditer(address.partition("?")[0].partition("#")[0]):
            if _is_random(match[0]):
                yield Span(start + match.start(), start + match.end(), Kind.LINK, match[0])


def _is_random(value: str) -> bool:
    """Whether letters and digits are mixed as chance mixes them: changing often, or hexadecimal and long."""
    letters = [character for character in _ESCAPE.sub("", value) if character.isalnum()]
    digits = sum(map(str.isdigit, letters))
    if len(letters) < 12 or not 0 < digits < len(letters):
        return False
    changes = sum(one.isdigit() != other.isdigit() for one, other in pairwise(letters))
    cases = any(map(str.islower, letters)) and any(map(str.isupper, letters))
    return changes >= (4 if cases else 6) and ("-" not in value or len(letters) > 8 * (value.count("-") + 1))
