"""Postal addresses as they are written in Germany, Austria, Switzerland, Britain, America, Spain and France."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conversations.redaction.folding import fold
from conversations.redaction.spans import Kind, Span

_GAP = r"[ \t\u00a0]{1,3}"
_CAP = r"(?>[^\W\d_a-zß-öø-ÿ][^\W\d_]{0,30}(?:['’\-.][^\W\d_]{1,30}){0,3}\.?)"  # a word with a capital letter
_NUMBER = r"\d{1,4}(?:[ ]?[-–/][ ]?\d{1,4})?(?:[ ]?[a-zA-Z](?![^\W_]))?"
_ON = r"(?:[ \t]*,[ \t]*|[ \t]*\n[> \t]*|[ \t]{1,3}|[ \t]*[-–·|][ \t]*|[ \t]*,[ \t]*\n[> \t]*)"  # to the next part of an address

# Streets, by language; words in any case, names mostly with a capital letter.
_GERMAN = (
    rf"(?:(?:[A-ZÄÖÜ][^\W\d_]{{1,24}}[ -]){{0,3}}[^\W\d_]{{2,30}}(?i:stra(?:ß|ss)e|str\.?|weg|gasse|platz|allee)"
    rf"|(?:[A-ZÄÖÜ][^\W\d_]{{1,24}}[ -]){{0,3}}[A-ZÄÖÜ][^\W\d_]{{3,30}}(?:(?<!er)ring|damm|ufer|chaussee|steig"
    r"|stieg|pfad|hof|graben"
    r"|promenade|markt|berg|wall|zeile|kamp|twiete|redder|deich|siedlung)"
    rf"|(?:[A-ZÄÖÜ][^\W\d_]{{1,24}}[ -]){{1,3}}(?:Stra(?:ß|ss)e|Str\.|Weg|Gasse|Platz|Allee|Ring|Damm|Ufer"
    r"|Chaussee|Pfad|Markt|Hof)"
    r"|(?:Am|Im|Zum|Zur|Beim|Auf'm|Hinterm|Vorm|Unterm|(?:An|Auf|In|Zu|Unter|Hinter|Vor|Bei|Über|Neben"
    r"|Zwischen)[ ](?:der|dem|den|die|das)"
    r"|Alter|Alte|Altes|Neuer|Neue|Großer|Große|Kleiner|Kleine|Hoher|Hohe|Obere|Oberer|Untere|Unterer|Lange|Langer)"
    rf"[ ](?:[^\W\d_]{{2,14}}[ ]){{0,1}}[A-ZÄÖÜ][^\W\d_]{{2,24}}){_GAP}(?:Nr\.?[ ]?|Hausnr\.?[ ]?)?(?!(?:19"
    rf"|20)\d\d(?!\d)){_NUMBER}"
    r"(?![\d.]*\d|[ ]?(?:€|EUR|Uhr|%|Tage|Stück|x\b|(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)|\.[ "
    r"]?(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)))"
)
_ENGLISH_TYPE = (
    r"(?i:street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|court|ct|close|crescent|cres|gardens|gdns|terrace"
    r"|place|pl|square|sq|boulevard|blvd|way|row|mews|grove|hill|walk"
    r"|parade|circle|cir|parkway|pkwy|highway|hwy|trail|trl|loop|alley|quay|wharf|rise|view|vale|green|common"
    r"|yard|park|broadway|turnpike|plaza|point|ridge|run|crossing|bend|heights|path|drove|end|gate)\b\.?"
)
_ENGLISH = (
    rf"\d{{1,5}}[a-zA-Z]?(?:[-–/]\d{{1,4}}[a-zA-Z]?)?,?{_GAP}(?:(?:North|South|East|West|N|S|E|W|NE|NW|SE|SW"
    r"|Old|Upper|Lower|Great|The|St|Saint)\.?[ ])?"
    rf"(?:{_CAP}[ ]){{1,4}}{_ENGLISH_TYPE}(?:[ ](?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\b\.?)?"
    rf"|\d{{1,5}}{_GAP}(?:[NSEW]{{1,2}}\.?[ ])?\d{{1,3}}(?:st|nd|rd|th)[ ]{_ENGLISH_TYPE}"
    rf"|\d{{1,5}}[a-zA-Z]?,?{_GAP}(?:[a-z'’]{{2,16}}[ ]){{1,2}}(?:street|road|avenue|lane|drive|crescent"
    r"|gardens|terrace|boulevard|close|grove|mews)\b"
    rf"|\d{{1,5}}{_GAP}Broadway\b"
)
_SPANISH_TYPE = (
    r"(?i:calle|callej[oó]n|pasadizo|ca[ñn]ada|vial|acceso|corredor|privada|andador|calzada|circuito|diagonal"
    r"|prolongaci[oó]n|cerrada|c/|c\.(?=[ ]?[A-Z])|cl\.|avda?\.?|avenida|plaza|pza\.?|pl\.|plza\.?|paseo"
    r"|p[ºo°]\.?(?=[ ][A-Z])|carrer|carretera|ctra\.?|camino|ronda|rambla|traves[ií]a|trv\.?|glorieta"
    r"|urbanizaci[oó]n|urb\.|pol[ií]gono|pasaje|pje\.?|cuesta|barrio|alameda|gran[ ]v[ií]a|v[ií]a|avinguda"
    r"|passeig|pla[cç]a|r[uú]a|kalea)"
)
_SPANISH_NAME = (
    rf"(?:(?:(?:de|del|de la|de los|de las|la|el|los|las|l['’]|d['’]|y|i|en)[ ]?){{0,3}}(?:{_CAP}"
    rf"|[a-zà-ÿ]{{3,18}}|\d{{1,2}}[ ]de)[ ]?){{1,5}}"
)
_SPANISH = (
    rf"{_SPANISH_TYPE}(?=[^\n]{{0,70}}?(?:\d|s/n))[ ]?{_SPANISH_NAME}?(?:[ ]?,[ ]?|[ ])?(?:(?:n[ºo°úu]m?\.?"
    r"|n[uú]mero|km\.?)[ "
    rf"]?)?(?:\d{{1,4}}(?:[ ]?[-–][ ]?\d{{1,4}})?(?:[ ]?(?:bis|dup))?[ ]?[A-Z]?(?![^\W_])|s/n)"
    r"(?:[ ]?,?[ ]?(?:(?i:piso|planta|portal|bloque|blq?\.?|esc(?:alera|\.)?|puerta|pta\.?|local|bajo|edif\.?"
    r"|depto\.?|interior|apt\.?|[aá]tico"
    r"|entresuelo|principal|dcha|izq(?:da|uierda)?|derecha)\.?[ ]?[\dA-Z]{0,3}[ºª°]?|\d{1,2}[ ]?\.?[ "
    r"]?[ºª°](?:[ ]?[\-]?[ ]?(?:[A-Z\d]{1,2}[ºª°]?|dcha|izq(?:da|uierda)?|derecha|puerta[ ]\w{1,2}"
    r"|centro))?\.?)(?![^\W_])){0,4}"
)
_FRENCH_TYPE = (
    r"(?i:rue|avenue|av\.?|boulevard|bd\.?|bld\.?|blvd\.?|place|pl\.|all[eé]es?|impasse|imp\."
    r"|chemin|ch\.|cours|quai|route|rte\.?|square|sq\.|passage|sentier|ruelle|villa|r[eé]sidence|r[eé]s\."
    r"|lotissement|lot\.|faubourg|fbg|mont[eé]e|c[oô]te|esplanade|promenade|hameau|cit[eé]|voie|venelle"
    r"|rond-point|lieu-dit)"
)
_FRENCH = (
    rf"(?:n[°º][ ]?)?\d{{1,4}}(?:[ ]?(?:bis|ter|quater|[A-D])\b)?[ ]?,?[ ]{_FRENCH_TYPE}[ ](?:(?:de|du|des|de "
    rf"la|de l['’]|d['’]|l['’]|la|le|les|aux?|à|en|sur|et)[ ]?){{0,3}}"
    rf"(?:{_CAP}|[a-zà-ÿ]{{3,18}}|\d{{1,2}}(?:er)?)(?:[ -](?:(?:de|du|des|la|le|les|d['’]|l['’]|et|aux|en"
    rf"|sur)[ ]?)?(?:{_CAP}|\d{{1,2}}[ ](?=[A-Zj])))?(?:[ -]{_CAP}){{0,3}}"
)
_SWISS = (
    r"(?i:rue|avenue|boulevard|chemin|place|route|quai|ruelle|via|viale)[ ](?:(?:de|du|des|de la|de l['’]"
    rf"|d['’]|la|le|les)[ ]?){{0,2}}"
    rf"{_CAP}(?:[ -]{_CAP}){{0,3}}[ ]\d{{1,3}}[a-z]?(?![^\W_])"
)
_BOX = (
    r"(?i:p\.?[ ]?o\.?[ ]?box|postfach|apartado(?:[ ]de[ ]correos)?|apdo\.?|bo[iî]te[ ]postale|b\.?p\.?)[ "
    r"](?:n[º°o]\.?[ ]?)?\d[\d ]{0,8}(?<=\d)"
)
_HOUSES = "Cottage|House|Farm|Barn|Lodge|Rectory|Vicarage|Manor|Mill|Hall"
_HOUSE = rf"(?:The[ ])?(?:{_CAP}[ ]){{1,3}}(?:{_HOUSES}),?(?:[ ]|[ \t]*\n[> \t]*)(?:{_CAP}[ ]){{1,3}}{_ENGLISH_TYPE}"
_BARE = (
    rf"{_FRENCH_TYPE}[ ](?:(?:de|du|des|de la|de l['’]|d['’]|la|le|les)[ ]?){{0,2}}{_CAP}(?:[ "
    rf"-]{_CAP}){{0,3}}(?={_ON}\d{{4,5}}[ ][^\W\d_a-z])"
)
_STREET = re.compile(
    rf"(?<![\w/@.€$£-])(?:{_BARE}|{_GERMAN}|{_FRENCH}|{_ENGLISH}|{_SPANISH}|{_SWISS}|{_BOX}"
    rf"|{_HOUSE})"
)

_PART = r"(?>[^\W\d_a-zß-öø-ÿ][^\W\d_]{0,30}(?:['’\-][^\W\d_]{1,30}){0,3})(?:(?<=\bSt)\.)?"  # a word of a town's name
_TOWN = (
    rf"{_PART}(?:[ -](?:am|an|der|im|in|bei|ob|vor|de|del|la|las|los|el|le|les|du|des|sur|sous|en|l['’]"
    rf"|d['’]|upon|on|under|the|and|y|i|a\.|d\.|b\.)\.?(?=[ -])){{0,3}}(?:[ /-](?:[dl]['’])?{_PART}){{0,3}}"
)
_UK_CODE = r"(?:GIR[ ]?0AA|[A-PR-UWYZ][A-HK-Y]?[0-9][A-HJKMNPR-Y0-9]?[ ]?[0-9][ABD-HJLNP-UW-Z]{2})(?![^\W_])"
_US_STATE = (
    r"(?:A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT"
    r"|V[TA]|W[AVIY]"
    r"|California|Texas|Florida|New[ ]York|Illinois|Ohio|Georgia|Michigan|Oregon|Washington|Colorado|Virginia"
    r"|Massachusetts|Arizona|Nevada|Utah|Pennsylvania)"
)
_FIVE = r"(?:(?:[DEFIA]|CH|FR|ES|DE|AT)[ -]{1,3})?\d{4,5}"
# The rest of an address: what may stand before a street (a flat), and after it (a unit, a code with its town, a county).
_FLAT = re.compile(
    r"(?:(?i:flat|apartment|apt\.?|unit|suite|room|b[aâ]t(?:iment|\.)?|appt?\.?|appartement|esc(?:alier|\.)?"
    rf"|[ée]tage|wohnung|whg\.?|z\.?[ ]?[ai]\.?c?\.?|za[ci]?[ ][^\n,\d]{{2,30}}|c/o[ "
    rf"][^\W\d_][^\n,\d]{{2,30}}?)[ ]?[#\dA-Z]{{0,5}}){_ON}\Z"
)
_AFTER = re.compile(
    rf"{_ON}(?:(?i:apt|apartment|unit|suite|ste|flat|floor|fl|room|b[aâ]t(?:iment)?|appt?|appartement|[ée]tage"
    r"|esc(?:alier)?|wohnung|whg|hinterhaus|hh|vorderhaus|og|eg|dg|top|stiege|t[uü]r|lot)\.?[ ]?[#]?[ "
    rf"]?[\dA-Z]{{1,4}}(?![^\W_])|\#[ ]?\d{{1,5}}[A-Z]?|\d{{1,2}}\.[ ]?(?:OG|Stock|Etage)|(?:\d{{1,2}}(?:er|e"
    rf"|ème|eme)[ ][ée]tage)|(?i:cedex)(?:[ ]\d{{1,2}})?|Hinterhaus|Vorderhaus)"
)
_CODE_AND_TOWN = re.compile(
    rf"{_ON}(?:(?:{_FIVE})[ ]{_TOWN}(?:[ ](?i:cedex)(?:[ ]\d{{1,2}})?)?(?:[ "
    rf"]?\([^\W\d_][^\n()]{{2,24}}\))?)(?![^\W_])"
)
_TOWN_AND_CODE = re.compile(
    rf"{_ON}(?:(?:{_TOWN}{_ON}){{0,3}}(?:(?i:{_UK_CODE})|{_US_STATE}\.?,?[ ]{{1,2}}\d{{5}}(?:-\d{{4}})?)"
    rf"|(?:{_TOWN}{_ON}){{1,3}}\d{{5}}(?![^\W_]|[-/.]\d))"
)
_TOWN_ALONE = re.compile(rf"[ \t]*,[ \t]*(?:\n[> \t]*)?{_TOWN}(?=[ \t]*(?:[.,;)\n]|\Z))")
_COUNTRY = re.compile(
    rf"{_ON}(?i:germany|deutschland|alemania|allemagne|austria|[öo]sterreich|switzerland|schweiz|suisse|suiza"
    r"|france|frankreich|francia|spain|spanien|espa[ñn]a|espagne|uk|united[ ]kingdom|england|scotland|wales"
    r"|usa|united[ ]states)(?![^\W_])"
)
# Codes with a town where no street stands near: on a line of their own, or where the words say that somebody lives there.
_CODE = re.compile(
    r"(?<![^\W_])(?:plz|postleitzahl|c[oó]digo postal|c\.?p\.?|code postal|zip(?: ?code)?|post ?code)[ "
    r"]?[:=]?[ ]{0,2}(\d{4,5}(?:-\d{4})?(?:[ ][^\W\d_]{3,24})?)(?![^\W_])",
    re.IGNORECASE,
)
_ALONE = re.compile(
    r"(?:(?:^|\n)[> \t]*|(?i:\b(?:in|aus|nach|to|at|en|à|a|de|from|wohne|vivo|live|habite|wohnhaft|plz|postal"
    r"|postcode|zip|c\.?p\.?|ort|wohnort|postleitzahl|ville|ciudad|city|town|localidad|poblaci[oó]n))[ ]?[ "
    rf":][ ]{{0,2}}|,[ ])"
    rf"((?:{_FIVE}[ ]{_TOWN}|{_TOWN},[ ]{_US_STATE}[ ]\d{{5}}(?:-\d{{4}})?|(?:{_TOWN},?[ "
    rf"])?(?i:{_UK_CODE})))(?=[ \t]*(?:[.,;:!?)\n]|\Z|[–-][ ]|(?i:and|und|y|et)[ ]))"
)
_UK_ALONE = re.compile(
    r"(?<![\w-])(?:GIR[ ]?0AA|[A-PR-UWYZ][A-HK-Y]?[0-9][A-HJKMNPR-Y0-9]?[ ][0-9][ABD-HJLNP-UW-Z]{2})(?![\w-])"
)
_OF_A_CODE = re.compile(r"[0-9]{4}|[0-9][A-Za-z]{2}|[A-Z][0-9][0-9W]")
_OF_A_STREET = re.compile(rf"[0-9]|s/n|{_HOUSES}")
_WORDS = re.compile(r"[^\W_]+")
_NO_STREET = re.compile(
    r"(?i:(?:heim|unter|um|hin|rück|her|liefer|versand|rechts|zu|bestell|fort|werde|lebens|ausbildungs|trans"
    r"|produkt|tracking)weg|hering|ring[ ]\d{1,2}[ ]?(?:mm|cm|karat)|bahnhof[ ]\d|park[ ]?platz|arbeitsplatz"
    r"|stellplatz|sitzplatz|lieferung|verring|flohmarkt|supermarkt|baumarkt|kuchenberg)"
)
_MONTHS = re.compile(
    r"(?i:\b(?:jan(?:uary|uar|vier)?|enero|feb(?:ruary|ruar|rero)?|f[eé]vrier|mar(?:ch|zo|s)?|märz|apr(?:il)?|abril|avril|may|mai|mayo"
    r"|june?|juni|junio|juin|july?|juli|julio|juillet|aug(?:ust)?|agosto|août|sept?(?:ember|iembre|embre)?|o[ck]t(?:ober|ubre|obre)?"
    r"|nov(?:ember|iembre|embre)?|de[cz](?:ember)?|diciembre|décembre)\b)"
)


# What an address ends with where no street that we know stands before: code and town, in the order of each country.
_ANCHOR = re.compile(
    rf"(?<![^\W_])(?:(?:{_UK_CODE}|{_FIVE}[ ]{_TOWN}|{_TOWN}[ ]?,[ ]?{_US_STATE}[ ]\d{{5}}(?:-\d{{4}})?)"
    rf"|{_TOWN}[ ]?,[ ]?(?:[A-Z]{{2,4}}[ ])?\d{{5}}(?:-\d{{4}})?|(?:DPO|APO|FPO)[ ]A[AEP][ ]\d{{5}}"
    rf"|[A-Z]\d[\dW][ ]?[A-Z\d]{{4}})(?![^\W_])"
)
_BREAK = re.compile(r"(?:[ \t]*,[ \t]*(?:\n[> \t]*)?|[ \t]*\n[> \t]*)\Z")
_LINE_OF_ADDRESS = re.compile(
    r"(?:(?i:flat|studio|unit|apartment|apt|suite|box|piso|puerta|edif|depto|interior|whg|appt)\.?[ "
    rf"]?\d{{0,5}}[A-Z]?,?[ ]?(?:box[ ]?\d{{1,5}})?)?"
    rf"(?:\d{{1,5}}[a-zA-Z]?,?[ ])?(?:(?:{_CAP}|de|del|la|las|los|el|du|des|le|les|der|den|dem|am|und|y|i)(?:[ "
    rf"]|\Z)){{0,6}}"
    r"(?:\d{1,4}[a-zA-Z]?)?(?:[ ]?(?i:apt|suite|flat|unit|piso|puerta|esc|edif|depto|interior)\.?[ "
    r"]?\d{0,5}[A-Z]?)?[ ]?\Z"
)
_MOST_LINES = 4


def _begin(text: str, anchor: int, taken: int) -> int | None:
    """Where the address begins that ends with the code and town at a place: a few short lines, one of them with a number."""
    place, begin, numbered = anchor, None, False
    for _ in range(_MOST_LINES):
        between = _BREAK.search(text, max(taken, place - 8), place)
        end = between.start() if between else place
        if between is None and (end == 0 or place != anchor):
            break
        line = max(text.rfind("\n", taken, end), text.rfind(",", taken, end), taken - 1) + 1
        part = _LINE_OF_ADDRESS.search(text[line:end].strip(" >\t")) if end - line < 80 else None
        if part is None or not part[0].strip():
            break
        place = end - len(part[0])
        if any(map(str.isdigit, part[0])):
            begin, numbered = place, True
        elif numbered:
            break
        if part.start() > 0:
            break
    return begin


def address_spans(text: str) -> Iterator[Span]:
    """Whole addresses, over several lines; a street with its number, a code with its town where nothing else is near."""
    taken = 0
    for match in _streets(text):
        if match.start() < taken or _NO_STREET.search(match[0]):
            continue
        start, end = match.span()
        before = _FLAT.search(text, max(taken, start - 48), start)
        if before:
            start = before.start()
        for part in (_AFTER, _AFTER):
            follows = part.match(text, end)
            end = follows.end() if follows else end
        follows = _CODE_AND_TOWN.match(text, end) or _TOWN_AND_CODE.match(text, end)
        end = follows.end() if follows else end
        if country := _COUNTRY.match(text, end):
            end = country.end()
        if end == match.end() and (town := _TOWN_ALONE.match(text, end)):
            end = town.end()
        taken = end
        yield _span(text, start, end)
    yield from _codes(text)


def _streets(text: str) -> Iterator[re.Match[str]]:
    """Streets, in the lines that have what a street needs, and those above and below: most of a letter has none of it."""
    begin = end = start = 0
    for line in text.split("\n"):
        past = start + len(line)
        if _OF_A_STREET.search(line):
            if start > end:  # a line between this one and the last
                yield from _STREET.finditer(text, begin, end)
                begin = text.rfind("\n", 0, max(0, start - 1)) + 1
            after = text.find("\n", past + 1)
            end = len(text) if after < 0 else after
        start = past + 1
    yield from _STREET.finditer(text, begin, end)


def _codes(text: str) -> Iterator[Span]:
    """Codes with towns, and what stands before them where it is the rest of an address."""
    for line, line_end in _lines_with_codes(text):
        for anchor in _ANCHOR.finditer(text, line, line_end):
            begin = _begin(text, anchor.start(), max(0, anchor.start() - 160))
            if begin is not None and not _MONTHS.search(text, begin, anchor.end()):
                yield _span(text, begin, anchor.end())
        for pattern, group in ((_ALONE, 1), (_UK_ALONE, 0), (_CODE, 1)):
            for match in pattern.finditer(text, max(0, line - 1), line_end):
                if not _MONTHS.search(match[group]):
                    yield _span(text, match.start(group), match.end(group))


def _lines_with_codes(text: str) -> Iterator[tuple[int, int]]:
    """Where lines begin and end in which a code may stand: most of a letter has none of its figures."""
    line = 0
    while line < len(text):
        end = text.find("\n", line)
        end = len(text) if end < 0 else end
        if _OF_A_CODE.search(text, line, end):
            yield line, end
        line = end + 1


def _span(text: str, start: int, end: int) -> Span:
    while text[end - 1] in " \t,;\n>":
        end -= 1
    return Span(start, end, Kind.ADDRESS, "".join(_WORDS.findall(fold(text[start:end]))))
