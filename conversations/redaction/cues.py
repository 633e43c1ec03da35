"""Where the words around it say that a name comes next: greetings, closings, titles, introductions, labels, relations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from conversations.redaction.folding import in_small_letters
from conversations.redaction.spans import BLANK


class Certainty(Enum):
    """How much a cue says by itself."""

    CLOSING = auto()  # the rest of the line is a name, in whatever case, or it is nothing
    SURE = auto()  # a word with a capital letter is a name, also one that nobody knows
    LINE = (
        auto()
    )  # a line of its own with capital letters: a name when one of its words is listed, or when it is the last
    ABOVE = auto()  # such a line above a telephone number or an address
    LIKELY = auto()  # a name that is listed, in whatever case
    HINT = auto()  # a name that is listed, with its capital letter


@dataclass(frozen=True, slots=True)
class Cue:
    """A name may begin at this place."""

    place: int
    certainty: Certainty


_LINE = r"(?:^|(?<=\n))[>| \t*]{0,12}"
TITLE = (
    r"(?:mr|mrs|ms|miss|mx|sir|dr|prof(?:essor)?|herrn?|frau|fr(?=\.)|hrn?(?=\.)|sra?(?=\.)|srta|se[nñ]or(?:a"
    r"|ita)?|don|do[nñ]a|d[nñ]?a(?=\.)|d[ªº]|mme|mmes|mlle|monsieur|madame|mademoiselle|ma[iî]tre|me(?=\.)"
    r"|dipl\.-?\s?ing|ing(?=\.)|mag(?=\.)|rev|captain|capt)"
)
_TITLES = rf"(?>(?:{TITLE}\.?[ ]{{1,2}}){{0,3}})"
_GREETING = re.compile(
    rf"{_LINE}(?:(?:hi|hii+|hello|helo|hey+|heya|hiya|dear|good\s(?:morning|afternoon|evening|day)|morning"
    r"|evening|greetings"
    r"|h[ae]llo+|hallöchen|guten\s?(?:tag|morgen|abend)|moin(?:\smoin)?|servus|gr[uü](?:e|ß|ss)\s?(?:gott|dich"
    r"|ezi)|gr[uü]ezi|liebe[rs]?|sehr\sgeehrte[rs]?|geehrte[rs]?|werte[rs]?|tach"
    r"|h?ola|buen[oa]s?(?:\s(?:d[ií]as?|tardes?|noches?))?|muy\sbuenas|estimad[oa]s?|apreciad[oa]s?"
    r"|querid[oa]s?|distinguid[oa]s?|bonjour|bonsoir|salut|coucou|ch[eè]re?s?|all[oô])"
    rf"(?![^\W_])[ ,!]{{0,3}}(?:(?:again|nochmals?|dear|liebe[rs]?|ch[eè]re?|querid[oa]|estimad[oa]|to"
    rf"|und\sguten\stag)[ ]){{0,2}}){_TITLES}"
)
_CLOSING_WORDS = (
    r"(?:(?:with\s)?(?:kind(?:est)?|best|warm(?:est)?|many|friendly)\s?(?:regards|wishes|greetings|thanks)"
    r"|(?:best|kindest|warm)?\s?regards|rgds|br|kr|sincerely(?:\syours)?|yours(?:\s(?:sincerely|faithfully"
    r"|truly))?|cheers|all\sthe\sbest|take\scare|respectfully|cordially|best|love|warmly"
    r"|thank(?:s|\syou|\su)?(?:\s(?:you|a\slot|again|so\smuch|very\smuch|in\sadvance|and|for|so|much|your|help"
    r"|the|any|all|time|and\skind\sregards|and\sbest\sregards|a\sbunch|a\smillion))*|thx|tnx|tks|ty"
    r"|many\sthanks|much\sappreciated|ta"
    r"|(?:mit\s)?(?:(?:freundliche[nrms]?|beste[nrm]?|herzliche[nrm]?|liebe[nrm]?|sch[oö]ne[nrm]?|viele[nrm]?"
    r"|sonnige[nr]?|nette[nrm]?|freundl\.?)(?:\su(?:nd|\.)\s\w{4,12})?\s)?gr(?:ü|u|ue)(?:ß|ss|s)(?:e?n?"
    r"|le)(?:\s(?:aus|von|vom|an|und|nach)\s[^\n,]{2,30})?|mfg|m\.f\.g|lg|vg|bg|hg|gr(?=[ ,\n])"
    r"|hochachtungsvoll|danke?(?:\s(?:sch[oö]n|sehr|und|im|voraus|euch|ihnen|dir|f[uü]r|ihre|eure|die|hilfe"
    r"|m[uü]he|unterst[uü]tzung|antwort|bearbeitung|schnelle|nochmals|vorab|vielmals|lg|gru(?:ß|ss)|gr[uü](?:ß"
    r"|ss)e))*"
    r"|(?:vielen|besten|herzlichen|1000|tausend)\sdank(?:\s(?:im|voraus|und|f[uü]r|ihre|eure|die|hilfe|m[uü]he"
    r"|vorab|schon|mal|antwort|bem[uü]hungen|unterst[uü]tzung|schnelle|r[uü]ckmeldung|viele|gr[uü](?:ß|ss)e))*"
    r"|tsch[uü](?:ss|ß)|bis\sbald|(?:ihr|dein|euer)e?(?=,?[ ]?\n)|ciao"
    r"|(?:un\s|reciba\s(?:un\s)?|reciban\s(?:un\s)?)?(?:cordial(?:es)?|atent[oa]s?|afectuoso|buen|gran"
    r"|amable)?\s?salud[oi]s?(?:\s(?:cordial(?:es)?|atentos|afectuosos|y\sgracias))?|slds?|atte"
    r"|(?:muy\s)?atentamente|(?:muchas\s|mil\s|much[ií]simas\s)?gracias(?:\s(?:de\santemano|por|todo|su"
    r"|vuestra|la|el|y|un|una|ayuda|atenci[oó]n|tiempo|saludo|saludos|adelantadas|anticipadas|otra\svez"
    r"|a\stodos))*|(?:un\s)?(?:fuerte\s)?abrazos?|bes(?:os|itos)|cordialmente"
    r"|fdo|firmado|quedo\sa\s(?:la\s)?(?:espera|vuestra\sdisposici[oó]n)[^\n]{0,40}|(?:bien\s"
    r"|tr[eè]s\s)?cordialement(?:\sv[oô]tre)?|cdlt|cdt|(?:mes\s|nos\s)?(?:sinc[eè]res|meilleures|cordiales"
    r"|respectueuses|bonnes)?\s?salutations(?:\s(?:distingu[eé]es|respectueuses|cordiales|les\smeilleures))?"
    r"|bien\s[aà]\s(?:vous|toi)"
    r"|merci(?:\s(?:d['’]avance|beaucoup|bien|infiniment|encore|par\savance|[aà]\svous|de\svotre|pour|votre"
    r"|aide|r[eé]ponse|et|bonne|journ[eé]e|de|la|le|tout|cordialement|mille\sfois|vous))*|amicalement"
    r"|amiti[eé]s|bises|bisous|bonne\s(?:journ[eé]e|soir[eé]e|r[eé]ception|continuation|fin\sde\s(?:journ[eé]e"
    r"|semaine))|(?:[aà]\s)bient[oô]t|respectueusement|sinc[eè]rement|sign[eé]"
    r"|signed|sent\sby|gesendet\svon|i\.\s?a\.?|i\.\s?v\.?|gez\.?)"
)
# Of what may stand before the words the last sign first: at most places that is all that is looked at.
_SAME_LINE = re.compile(
    r"(?<![^\n .!?,])(?:^|(?<=\n)|(?<=[.!?,;:)] )|(?<=[.!?,]))[>"
    rf"|\s]{{0,8}}(?>{_CLOSING_WORDS})(?![^\W_])[\s,.!;:–—-]{{0,5}}(?<!\n){_TITLES}(?=[^\n]{{2,48}}(?:\n|\Z))"
)
_NEXT_LINE = re.compile(
    r"(?<![^\n ,])(?:^|(?<=\n)|(?<=[.!?,;:)] )|(?<=\bet )|(?<=\band )|(?<=\bund )|(?<=\by )|(?<=\bmes )|(?<=\bde )"
    rf"|(?<=,))[>| \t]{{0,8}}{_CLOSING_WORDS}[ \t]?[,.!;:–—-]{{0,3}}(?:[ ]?[:;][-]?[)D(])?[ \t]*(?:\n[>"
    rf"|\s*]{{0,8}}){{1,3}}[-–—~*]{{0,2}}[ ]?{_TITLES}"
)
_DASHES = re.compile(rf"(?:\n[ \t]*(?:--+|__+|[-–—~])[ \t]*\n?[ \t]*)(?={_TITLES}[^\W\d_])", re.IGNORECASE)
_TITLED = re.compile(
    r"(?<![\w.])(?=[CDFHIMPRScdfhimprs])(?:(?i:family|familie|familia|famille|fam|mr|mrs|ms|miss|mx|dr|prof|professor|herrn?|frau|srta"
    r"|se[nñ]or(?:a|ita)?|don|do[nñ]a|mme|mmes|mlle|monsieur|madame|mademoiselle|ma[iî]tre|professeur"
    r"|captain)\.?|Sir|Fr\.|Hrn?\.|[Ss]ra?\.|D\.ª?|Dña\.|Dª\.?|M\.|MM\.|Me|Mag\.|Dipl\.-Ing\.|Rev\.)"
    rf"[ \u00a0]{{1,2}}{_TITLES}(?=[^\W\d_])"
)
_STRONG = re.compile(
    r"(?<![^\W_])(?:my\s(?:full\s|first\s|last\s)?name(?:\sis|['’]?s)|(?:the\s)?names?\sis"
    r"|name\son\s(?:the\s)?(?:order|account|card|booking)(?:\sis|:)?|in\sthe\sname\sof"
    r"|under\sthe\sname(?:\sof)?|i['’]?m\scalled|account\sholder(?:\sis)?"
    r"|ich\shei(?:ß|ss|s)e|(?:mein|der)\s(?:voller\s|vor-?|nach)?name\s(?:ist|lautet)"
    r"|auf\sden\snamen(?:\svon)?|unter\sdem\snamen|im\snamen\svon|lautend\sauf|kontoinhaber(?:in)?(?:\sist)?"
    r"|auf\smeinen\snamen"
    r"|me\sllamo|mi\snombre\s(?:completo\s)?es|a\snombre\sde|en\snombre\sde|el\stitular\s(?:es"
    r"|de\sla\scuenta\ses)|firmad[oa]\spor|le\sescribe|les?\shabla"
    r"|je\sm['’ ]?app?elle|mon\s(?:nom|pr[eé]nom)\s(?:est|c['’]est)|au\snom\s(?:et\spr[eé]nom\s)?d[e'’]"
    r"|de\sla\spart\sd[e'’]|je\ssoussign[eé]e?,?|titulaire\sest|l['’]attention\sd[e'’])[ ]?(?:is\s"
    r"|ist\s)?[:,]?[ ]?" + _TITLES
)
_WEAK = re.compile(
    r"(?<![^\W_])(?:(?:hi|hello)?,?\s?(?:i\sam|i['’]?m|im|this\sis|it['’]?s|its)|it\swas|ich\sbin(?:\s(?:die"
    r"|der))?|hier\s(?:ist|schreibt|spricht|meldet\ssich)(?:\s(?:die|der|nochmal|noch\smal|wieder))?"
    r"|hier\snochmals?|(?:soy|habla|aqu[ií]|es)|je\ssuis|c['’]est|ici|moi\sc['’]est"
    r"|(?:regards|from|by|for|to|with|von|vom|f[uü]r|mit|an|bei|para|por|con|de|par|pour|avec|chez|[aà]))[ ]"
)
_OWN = (
    r"(?:my|your|our|his|her|their|the|an?|one\sof\syour|meine[rmns]?|mein|ihr(?:e[rmns]?)?|euer"
    r"|eure[rmns]?|unser(?:e[rmns]?)?|sein(?:e[rmn]?)?|dein(?:e[rmn]?)?|die|der|dem|den|eine[rmn]?|ein|mi"
    r"|su|nuestr[oa]|vuestr[oa]|tu|el|la|una?|mon|ma|mes|votre|notre|vos|son|sa|ton|ta|le|l['’]|une?)"
)
_RELATION = (
    r"(?:wife|husband|partner|son|daughter|mother|father|mum|mom|dad|brother|sister|aunt|uncle|cousin|niece"
    r"|nephew|grandmother|grandfather|gran|grandma|grandpa|friend|girlfriend|boyfriend|fianc[eé]e?|neighbou?r"
    r"|colleague|co-?worker|boss|manager|assistant|secretary|advisor|adviser|agent|rep(?:resentative)?"
    r"|operator|driver|courier|lawyer|doctor|flatmate|roommate|landlord|customer|client"
    r"|frau|mann|ehemann|ehefrau|sohn|tochter|mutter|vater|mama|papa|oma|opa|bruder|schwester|tante|onkel"
    r"|cousine?|nichte|neffe|freund(?:in)?|verlobte[rn]?|nachbar[n]?(?:in)?|kolleg(?:e|en|in)|mitarbeiter(?:in"
    r"|s)?|chef(?:in)?|assistent(?:in)?|sachbearbeiter(?:in)?|berater(?:in)?|fahrer(?:in)?|bote[n]?|kunde[n]?"
    r"|kundin|anw[aä]lt(?:in)?|ansprechpartner(?:in)?|betreuer(?:in)?|schwager|schw[aä]gerin|enkel(?:in)?"
    r"|lebensgef[aä]hrt(?:e|in|en)|zusteller(?:in)?"
    r"|mujer|marido|esposo|esposa|pareja|hijo|hija|madre|padre|hermano|hermana|t[ií]o|t[ií]a|primo|prima"
    r"|sobrino|sobrina|abuelo|abuela|amig[oa]|novi[oa]|vecin[oa]|compa[nñ]er[oa]|jef[ea]|agente|operador[a]?"
    r"|asesor[a]?|gestor[a]?|repartidor[a]?|abogad[oa]|cliente|cu[nñ]ad[oa]|secretari[oa]"
    r"|femme|mari|[eé]poux|[eé]pouse|conjoint[e]?|compagne|compagnon|fils|fille|m[eè]re|p[eè]re|fr[eè]re|s(?:œ"
    r"|oe)ur|tante|oncle|cousine?|neveu|ni[eè]ce|grand-m[eè]re|grand-p[eè]re|ami[e]?|copine|copain|voisine?"
    r"|coll[eè]gues?|conseill[eè]re?|conseiller|responsable|patron(?:ne)?|assistante?|agent|livreur|avocate?"
    r"|cliente?|beau-fr[eè]re|belle-s(?:œ|oe)ur|belle-m[eè]re|beau-p[eè]re|interlocut(?:eur|rice))"
)
_RELATED = re.compile(
    rf"(?<![^\W_])(?:{_OWN}[ ](?:(?:dear|old|former|liebe[rn]?|neue[rn]?|alte[rn]?|service|support|ex-?)[ "
    rf"])?{_RELATION},?[ ](?:named\s|called\s|namens\s|llamad[oa]\s|nomm[eé]e?\s|qui\ss['’]appelle\s"
    r"|que\sse\sllama\s)?"
    r"|(?:spoke|speak|speaking|talked|talk|spoken|talking|chatted|emailed|dealt|dealing|met)\s(?:to|with)\s"
    r"|(?:called|contacted|emailed|phoned|ask\sfor|asked\sfor|contact|call|tell|told|cc['’]?d|cc|meet|bei"
    r"|gesprochen|telefoniert|gesprochen\smit|telefoniert\smit|geschrieben\smit|habl[eé]\scon|hablado\scon"
    r"|habl[oó]\scon|atendi[oó]|atendid[oa]\spor|pregunte\spor|parl[eé]\s(?:[aà]|avec)|discut[eé]\savec|eu"
    r"|contacter|appeler|demander)\s"
    r"|(?:z\.?\s?hd\.?(?:\sv(?:on|\.))?|zu\sh[aä]nden(?:\svon)?|c/o|attn\.?:?|attention:?|a/a\.?:?"
    r"|a\sla\satenci[oó]n\sde|[aà]\sl['’]attention\sd[e'’]\s?|on\sbehalf\sof|behalf\sof|im\sauftrag\svon"
    r"|de\sparte\sde|signed\sby|unterschrieben\svon|angenommen\svon|abgegeben\sbei|left\swith|given\sto"
    r"|firmado\spor|entregado\sa|sign[eé]\spar|remis\s[aà])\s)" + _TITLES
)
_LABEL = re.compile(
    rf"(?:{_LINE}|(?<=[;|,(]\s)|(?<=[.!?]\s))\*{{0,2}}(?:from|to|cc|bcc|sent\sby|von|an|kopie(?:\s\(cc\))?|para"
    r"|[aà]|de|copie|name|full\sname|fullname|your\sname|vor-?\s?und\s(?:nach|zu)name|vor-?name|nach-?name"
    r"|familienname|zuname|first\s?name|last\s?name|family\sname|surname|middle\sname"
    r"|nombre(?:\s(?:y\sapellidos?|completo|del\scliente))?|apellidos?(?:\sy\snombre)?"
    r"|nom(?:\s(?:et\spr[eé]nom|complet|de\sfamille|du\sclient))?|pr[eé]nom(?:\set\snom)?|nom/pr[eé]nom"
    r"|kund(?:e|in)(?:nname)?|kundenname|customer(?:\sname)?|client(?:e)?(?:\sname)?"
    r"|konto-?inhaber(?:in)?|account\s?holder|holder|titular(?:\sde\sla\s(?:cuenta|tarjeta))?"
    r"|titulaire(?:\s(?:du\scompte|de\sla\scarte))?|empf[aä]nger(?:in)?|recipient|destinatari[oa]|destinataire"
    r"|ship(?:ping)?\s(?:to|name)|deliver(?:y)?\sto|billing\s(?:name|to)|bill\sto|lieferung\san|lieferadresse"
    r"|rechnungsadresse|rechnung\san|contact(?:\s(?:person|name))?|contacto|kontakt(?:person)?"
    r"|ansprechpartner(?:in)?|absender(?:in)?|sender|remitente|exp[eé]diteur|card\s?holder(?:\sname)?"
    r"|name\son\scard|karteninhaber(?:in)?"
    r"|passenger|pasajero|passager|besteller(?:in)?|ordered\sby|bestellt\svon|comprador[a]?|acheteu(?:r|se)"
    r"|unterschrift|signature|firma(?=:\s[^\W\d_]+\s[^\W\d_])|fdo\.?|attn|agent|employee"
    r"|mitarbeiter(?:in)?|empleado|account\sname|patient(?:in)?|nutzer(?:in)?|user|usuario|beneficiary"
    r"|beg[uü]nstigter?|adressat(?:in)?)\*{0,2}[ ]?:\*{0,2}[ \t]{0,3}(?:\n[ \t]?)?" + _TITLES
)
_WROTE = re.compile(
    r"(?<![^\W_])(?:(?P<before>wrote|escribi[oó]|a[ ][eé]crit)[ ]{0,2}:|(?P<after>schrieb|hat)[ ]{1,2})"
)
_WROTE_AFTER = re.compile(
    rf"(?P<name>[^\n<:{BLANK}\d]{{2,60}}?)[ ]{{0,2}}(?:[<(\[{BLANK}][^\n:]{{0,120}})?(?:[ ]geschrieben)?:"
)
_WROTE_BEFORE = re.compile(
    rf"(?:\A|[\n,:\d>][ >]{{0,4}}|(?:AM|PM|Uhr|h)[ ])(?P<name>(?:(?!(?:AM|PM|Uhr)[ "
    rf"])[^\n<>,{BLANK}\d:]){{2,50}}?),?[ ]{{0,2}}(?:\n[> ]{{0,3}})?(?:[<(\[{BLANK}][^\n]{{0,120}}?[>)\]]?[ "
    rf"]{{0,2}}(?:\n[> ]{{0,3}})?)?\Z"
)
_MAIL = re.compile(rf"[ ]?[<(\[]{BLANK}{{5}}")
_BEFORE_MAIL = re.compile(
    rf"(?:\A|[\n,;:|(>\d]|[ ](?=[^\W\d_]))[ \"'*]{{0,3}}(?P<name>(?:[^\W\d_][^\s\d<>;:|{BLANK}()\"]{{0,24}}[ "
    rf"]?){{1,4}})[\"'*]{{0,2}},?\Z"
)
_ABOVE = re.compile(
    rf"(?:^|(?<=\n))[>| \t*]{{0,8}}(?P<name>[^\n\d{BLANK}:;!?<>@]{{4,40}})\n(?:[^\n\d]{{0,40}}\n)?[>"
    rf"|\s*]{{0,8}}(?:(?i:tel|phone|mob|fon|fax|t|m|e-?mail|mail|handy|m[oó]vil|t[eé]l|cell|p|e)[.: )]{{1,3}}[ "
    rf"]?\+?)?{BLANK}{{5}}"
)
_OWN_LINE = re.compile(
    rf"(?:\A|(?<=\n))[>| \t*_-]{{0,8}}{_TITLES}(?=[^\W\d_a-zß-öø-ÿ][\w'’.ª-]{{0,20}}(?:[ "
    rf"][\w'’.ª-]{{1,20}}){{1,4}}[ \t*_]*(?:\n|\Z))",
    re.IGNORECASE,
)

_LONGEST_CLOSING = 140


def cues(text: str) -> Iterator[Cue]:
    """All places after which a name may stand, in a text whose mail addresses, telephones and the like are blanked."""
    small = in_small_letters(text)
    for pattern, certainty, where in (
        (_LABEL, Certainty.SURE, small),
        (_STRONG, Certainty.SURE, small),
        (_TITLED, Certainty.SURE, text),
        (_GREETING, Certainty.SURE, small),
        (_DASHES, Certainty.CLOSING, text),
        (_OWN_LINE, Certainty.LINE, text),
        (_RELATED, Certainty.HINT, small),
        (_WEAK, Certainty.LIKELY, small),
    ):
        for match in pattern.finditer(where):
            yield Cue(match.end(), certainty)
    yield from _closings(small)
    for match in _WROTE.finditer(small):
        if match["after"]:
            named = _WROTE_AFTER.match(text, match.end())
        else:
            named = _WROTE_BEFORE.search(text[max(0, match.start() - 200) : match.start()])
        if named:
            start = match.end() if match["after"] else max(0, match.start() - 200)
            yield Cue(named.start("name") if match["after"] else start + named.start("name"), Certainty.SURE)
    for match in _MAIL.finditer(text):
        start = max(0, match.start() - 80)
        if named := _BEFORE_MAIL.search(text[start : match.start()]):
            yield Cue(start + named.start("name"), Certainty.SURE)
    for match in _ABOVE.finditer(text):
        yield Cue(match.start("name"), Certainty.ABOVE)


def _closings(text: str) -> Iterator[Cue]:
    """Behind words that close a letter, in their line or in the next; they stand in the last words of a line."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if end > start:
            tail = max(start, end - _LONGEST_CLOSING)
            for match in _NEXT_LINE.finditer(text, tail, end + 48):
                if match.start() <= end:
                    yield Cue(match.end(), Certainty.CLOSING)
            for match in _SAME_LINE.finditer(text, tail, end + 1):
                yield Cue(match.end(), Certainty.CLOSING)
        start = end + 1
