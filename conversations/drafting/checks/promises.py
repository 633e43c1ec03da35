"""Words that bind the organisation: guarantees, money back, replacements, favours, admissions, in four languages.

Each family says how it is promised, and the stems by which an article speaks of it: a sentence that quotes an article may
promise what that article promises, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from conversations.drafting.checks.grounds import Said
from conversations.drafting.sentences import split_sentences
from conversations.redaction.folding import fold

_WE = r"(?:we|i|our (?:team|shop)|the (?:team|shop|company))"
_WILL = (
    r"(?:'ll|'d|'re|'m| will| shall| would| are going to| am going to| can| could| have| 've| are happy to| be happy to"
    r"| would be happy to| agree to| undertake to)"
)
_ADV = (
    r"(?: (?:gladly|also|of course|now|already|certainly|definitely|fully|happily|personally|immediately|hereby|just"
    r"|going to|happy to|glad to|be|been|be able to|make sure to))*"
)
_WIR = r"(?:wir|ich)"
_SIE = r"(?: (?:ihnen|dir|euch|sie|dich))?"
_NOS = r"(?:(?:le|les|te|os|se|lo|la|los|las|me|nos)(?:l[oa]s?)? )*"

_FAMILIES: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "guarantee": (
        (
            rf"{_WE}{_WILL}?{_ADV} (?:guarantee|promise|assure|warrant|vouch|pledge|swear|commit)\w*",
            (
                r"(?:is|are|it's|be|comes) guaranteed|guaranteed (?:by|to|within|for|delivery|arrival)|you have (?:my|our) word"
                r"|rest assured|you can (?:count|rely) on (?:it|us|me)|without fail|consider it done"
            ),
            (
                rf"{_WE}{_WILL}{_ADV} (?:make sure|ensure|see to it)|(?:will|won't|will not|shall) never happen again"
                rf"|won't happen again|this will not happen again"
            ),
            (
                rf"{_WIR} (?:garantier|versprech|versprich|versicher|sicher|sag|verburg"
                rf"|verpflicht)\w*{_SIE}(?: \w+){{0,4}}? ?(?:zu|uns|mich)?|(?:wird|werden|ist|sind) (?:\w+ )?garantiert"
                rf"|garantiert (?:am|bis|in|innerhalb|schon|noch)"
            ),
            (
                rf"(?:konnen sie|kannst du) sich (?:darauf )?verlassen|darauf (?:konnen sie|kannst du)|{_WIR} (?:stell"
                rf"|sorg)\w*[^.!?\n]{{0,30}}(?:sicher|dafur)|(?:kommt|passiert) nicht wieder vor|unser(?:e)? (?:wort|zusage"
                rf"|versprechen)"
            ),
            (
                rf"{_NOS}(?:garantiz|promet|asegur|compromet)\w*(?:amos|emos|o|mos)\b|(?:esta|estan|queda|quedan) garantizad\w+"
                rf"|tiene (?:mi|nuestra) palabra|puede (?:contar con|estar segur)|no volvera a (?:ocurrir|pasar|suceder)"
                rf"|sin falta"
            ),
            (
                r"(?:nous|je)(?: (?:vous|nous|te))? ?(?:garanti|promet|assur|engage|certifi)\w*|(?:est|sont) garantie?s?"
                r"|vous avez (?:ma|notre) parole|vous pouvez compter sur|cela ne se reproduira|(?:nous veillerons"
                r"|nous ferons en sorte)|sans faute"
            ),
        ),
        r"guarant|warrant|garant|gewahrleist|promis|versprech|assur|asegur",
    ),
    "money": (
        (
            (
                rf"{_WE}{_WILL}{_ADV} (?:refund|reimburs|compensat|credit|repay|pay|return (?:your|the) money|waive|cover|deduct"
                rf"|discount|give you (?:a|your|the))\w*"
            ),
            (
                rf"{_WE} (?:refunded|reimbursed|credited|waived|issued|approved|processed|granted|initiated|arranged|paid)\b"
                rf"|(?:full|complete|partial|immediate|instant) (?:refund|reimbursement|credit)"
            ),
            (
                r"(?:refund|reimbursement|credit|compensation|voucher|discount|payment|claim|request|money)\w* (?:has|have|is"
                r"|are|was|were|will|shall|'ll)(?: (?:now|already|just|be|been|being|get|hereby))* (?:issued|approved|processed"
                r"|granted|paid|refunded|credited|on (?:its|the) way|yours|confirmed|accepted|transferred|arranged|sent)"
            ),
            (
                r"(?:will|shall|'ll|has|have|to|can|going to|is|are)(?: (?:now|already|be|been|being|get|also|fully"
                r"|of course))+ (?:refunded|reimbursed|credited|compensated|repaid|paid back|waived)"
            ),
            (
                r"you(?:'ll| will| shall| can| should| are going to|'re going to|'re| are)?(?: (?:now|also|of course|certainly"
                r"|entitled to|owed|eligible for|due|be|to))* ?(?:get|receive|have|keep|expect|entitled to"
                r"|owed)\b[^.!?\n]{0,40}(?:refund|money back|your money|reimburse|compensation|credit|voucher|discount|gift)"
            ),
            (
                r"(?:money|price|amount|cost)s? back\b|(?:it|this|that|everything)(?:'s| is| will be) on (?:us|the house)"
                r"|at our (?:own )?expense"
            ),
            (
                rf"{_WIR}(?: haben| hatten| konnen| wurden| werden)?{_SIE}(?: \w+){{0,3}}? ?(?:erstatt|ruckerstatt|gutschreib"
                rf"|schreib\w* gut|zuruckzahl|zahl\w* zuruck|entschadig|ubernehm|ersetz|erlass|uberweis|vergut|verzicht"
                rf"|zahl)\w*(?: (?:ihnen|dir|euch))?(?![^.!?\n]{{0,20}}(?:nicht|kein))"
            ),
            (
                r"(?:erstatt|ersetz|uberweis|zahl|ubernehm|schenk|vergut|entschadig)\w* (?:wir|ich)\b|schreib\w* (?:wir"
                r"|ich)\b[^.!?\n]{0,40}\bgut\b"
            ),
            (
                r"(?:wird|werden|wurde|wurden|ist|sind|haben|hat|habe|lasst|kann|konnen)[^.!?\n]{0,60}?(?:erstattet"
                r"|ruckerstattet|gutgeschrieben|zuruckgezahlt|zuruckuberwiesen|uberwiesen|ersetzt|erlassen|ubernommen"
                r"|entschadigt|veranlasst|angewiesen|genehmigt|erstatten|gutschreiben|zuruckzahlen|ersetzen)"
            ),
            (
                r"(?:erhalt|erhaltst|erhalten|bekomm|bekommst|bekommen|kriegen|steht|stehen)\w*[^.!?\n]{0,50}(?:geld zuruck"
                r"|ihr geld|dein geld|erstattung|ruckerstattung|gutschrift|gutschein|rabatt|entschadigung|nachlass|kaufpreis"
                r"|betrag zuruck)"
            ),
            (
                r"(?:vollstandig|voll|volle|vollen|sofortig)\w* (?:erstattung|ruckerstattung|kaufpreis|preis)|aus kulanz"
                r"|kulanterweise|auf unsere kosten|geht auf uns|geht aufs haus"
            ),
            (
                rf"{_NOS}(?:reembols|devolv|compens|abon|indemniz|descont|regal|reintegr|pag)\w*(?:aremos|eremos|iremos|are|ere"
                rf"|amos|emos|o el|o su|ara|era|aran)\b|(?:vamos|voy|va|van) a {_NOS}(?:reembols|devolv|compens|abon|indemniz"
                rf"|descont|regal|reintegr)\w*"
            ),
            (
                r"(?:hemos|he|ha sido|sera|seran|se le|se les|queda)[^.!?\n]{0,30}(?:reembols|devuelt|devolver|compensad|abonad"
                r"|abonara|indemniz|aprobad|tramitad|concedid|reintegr)\w*"
            ),
            (
                r"(?:recibira|recibiras|obtendra|tendra|tiene derecho a|le corresponde|cobrara)[^.!?\n]{0,40}(?:reembolso"
                r"|devolucion|dinero|compensacion|abono|vale|descuento|indemnizacion|importe)|reembolso (?:completo|integro"
                r"|total|inmediato)|(?:corre|corren) (?:por|de) nuestra cuenta|a nuestro cargo|nos hacemos cargo"
            ),
            (
                r"(?:nous|je)(?: (?:vous|allons|vais|avons|ai|pouvons|vous avons|allons vous|vais vous|te))* ?(?:rembours"
                r"|dedommag|indemnis|credit|offr|vers|annul|prendr?ons en charge|prenons en charge|accord)\w*"
            ),
            (
                r"(?:serez|sera|seront|est|sont|a ete|ont ete|avez ete|allez etre|va etre)[^.!?\n]{0,30}(?:rembours|dedommag"
                r"|indemnis|credite|offert|verse|accorde|approuve|valide)\w*"
            ),
            (
                r"vous (?:recevrez|obtiendrez|aurez|avez droit a|toucherez|beneficiez"
                r"|beneficierez)[^.!?\n]{0,40}(?:remboursement|argent|avoir|bon d'achat|remise|indemnite|compensation"
                r"|dedommagement|montant)|remboursement (?:complet|integral|total|immediat)|a nos frais"
                r"|prenons? (?:tout )?en charge|geste commercial"
            ),
        ),
        (
            r"refund|reimburs|money|credit|pay|paid|voucher|erstatt|geld|gutschein|gutschrift|zahl|reembols|devol|devuel|dinero"
            r"|abon|pag|rembours|argent|avoir|vers|charge"
        ),
    ),
    "free": (
        (
            (
                r"free of charge|for free|(?:is|are|be|stays?) free\b(?! of| to\b)|free (?:replacement|return|delivery|shipping"
                r"|repair|exchange|of cost|gift|label)|at no (?:extra |additional |further )?(?:cost|charge)"
                r"|without (?:any )?(?:extra |additional )?(?:cost|charge)|no (?:cost|charge) to you|costs? (?:you )?nothing"
                r"|complimentary|won't (?:cost|be charged)"
            ),
            (
                r"kostenlos\w*|kostenfrei\w*|gratis|umsonst|ohne (?:aufpreis|mehrkosten|kosten|gebuhr)|gebuhrenfrei"
                r"|kostet (?:sie|dich) nichts|geschenkt|unentgeltlich"
            ),
            (
                r"sin (?:ningun )?cost[eo]s?(?: adicional(?:es)?)?|sin (?:gastos|cargo|recargo)|de forma gratuita|gratis"
                r"|gratuit[oa]s?|gratuitamente|no (?:le )?(?:cuesta|costara) nada|de regalo"
            ),
            (
                r"gratuite?s?|gratuitement|sans (?:frais|supplement|cout)|a titre gracieux|offerte?s?|ne vous coute(?:ra)? rien"
                r"|gracieusement|en cadeau"
            ),
        ),
        (
            r"free|no (?:extra )?cost|no charge|kostenlos|kostenfrei|gratis|gratuit|sans frais|sin coste|ohne|sin cargo"
            r"|pay nothing|nunca paga|ne payez jamais|never pay|zahlen sie nie|offert"
        ),
    ),
    "goods": (
        (
            (
                rf"{_WE}{_WILL}{_ADV} (?:replac|exchang|repair|send you|ship you|resend|upgrad|reserv|extend|deliver|dispatch)\w*"
                rf"|you (?:may|can) keep (?:it|the|them|your|both|what)|(?:replacement|new (?:one|pair|item|parcel"
                rf"|order))\w* (?:has been|will be|is being|is) (?:sent|shipped|dispatched|on its way|ordered|arranged)"
            ),
            (
                rf"{_WIR}(?: (?:werden|haben|konnen|wurden))?{_SIE}(?: \w+){{0,4}}? ?(?:schick|send|liefer|tausch|reparier"
                rf"|verlanger|reservier|verschick|versand)\w*|(?:durfen|konnen|darfst|kannst) (?:sie|du)?[^.!?\n]{{0,20}}behalten"
                rf"|(?:ersatz|neue\w* (?:paket|lieferung|artikel|paar))\w*[^.!?\n]{{0,30}}(?:unterwegs|verschickt|geschickt"
                rf"|veranlasst|zugeschickt)"
            ),
            (
                rf"{_NOS}(?:enviar|cambiar|reemplazar|sustituir|reparar|ampliar|repondr|reservar)(?:emos|e)\b|(?:vamos"
                rf"|voy) a {_NOS}(?:enviar|cambiar|reemplazar|sustituir|reparar|ampliar)\w*|puede (?:quedarse|conservar)"
            ),
            (
                r"nous (?:vous )?(?:enverr|remplacer|echanger|reparer|expedier|prolonger|livrer|reserver)(?:ons)|(?:nous allons"
                r"|je vais) (?:vous )?(?:envoyer|remplacer|echanger|reparer|expedier|prolonger)\w*|vous pouvez (?:le |la "
                r"|les )?(?:garder|conserver)"
            ),
        ),
        (
            r"replac|exchang|repair|send|ship|deliver|reserv|keep|schick|send|liefer|tausch|umtausch|reparier|ersatz|ersetz"
            r"|reservier|behalt|envi|cambi|reempl|repar|sustit|envoy|remplac|echang|repar|expedi|livr"
        ),
    ),
    "favour": (
        (
            (
                r"gesture of good ?will|goodwill gesture|as an exception|just for you|special (?:discount|offer|price) for you"
                r"|make (?:it|this) up to you|ausnahmsweise|als (?:entschuldigung|wiedergutmachung|entgegenkommen)"
                r"|entgegenkommen\w*|como (?:excepcion|compensacion|disculpa|gesto)|a titre exceptionnel|exceptionnellement"
                r"|en guise d'excuse"
            ),
        ),
        r"gesture|exception|ausnahm|kulanz|excepci|excepti",
    ),
    "liability": (
        (
            (
                rf"{_WE}{_WILL}?{_ADV} (?:admit|accept|acknowledge|take|assume) (?:full |all |any )?(?:liability|fault"
                rf"|responsibility|blame|guilt|the blame)|(?:it|this|that) (?:is|was) (?:entirely |clearly "
                rf"|all )?our (?:own )?(?:fault|mistake|error|responsibility)|we (?:are|were) (?:liable|negligent|at fault"
                rf"|to blame)"
            ),
            (
                rf"{_WIR} (?:ubernehm|trag|hafte|bekenn)\w*[^.!?\n]{{0,30}}(?:haftung|verantwortung|schuld|kosten)"
                rf"|{_WIR} haften?\b|(?:unsere|unser) (?:schuld|fehler|verschulden)\b|lag an uns|{_WIR} (?:sind|bin) schuld"
            ),
            (
                r"(?:asumimos|asumo|aceptamos|admitimos|reconocemos)[^.!?\n]{0,20}(?:responsabilidad|culpa|error)|(?:es|ha sido"
                r"|fue) (?:culpa|error|fallo) nuestr\w|nuestra culpa|nuestra responsabilidad"
            ),
            (
                r"(?:nous|j') ?(?:assum|accept|admett|reconnaiss)\w*[^.!?\n]{0,25}(?:responsabilite|faute|erreur|tort)"
                r"|c'est (?:entierement )?(?:notre|de notre) (?:faute|erreur)|nous sommes responsables|notre responsabilite est"
            ),
        ),
        r"liab|responsib|haft|verantwort|responsab",
    ),
}
_PROMISED: Final = {
    name: re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)") for name, (patterns, _stems) in _FAMILIES.items()
}
_SPOKEN_OF: Final = {name: re.compile(rf"(?<!\w)(?:{stems})") for name, (_patterns, stems) in _FAMILIES.items()}


def promises(said: Said) -> Iterator[str]:
    """What binds the organisation, unless its own article says it."""
    sources = fold("\n".join(said.grounds.sources))
    for sentence in split_sentences(said.text):
        folded = fold(sentence)
        found = {name: match for name, pattern in _PROMISED.items() if (match := pattern.search(folded))}
        if not found or said.stands_in_source(sentence):
            continue
        quoted = said.is_sourced(sentence)
        for name, match in found.items():
            if not (quoted and _SPOKEN_OF[name].search(sources)):
                yield _words(sentence, folded, match)


def _words(sentence: str, folded: str, match: re.Match[str]) -> str:
    """The words as they stand in the sentence; folding changes no length but where a letter becomes two."""
    if len(folded) == len(sentence):
        return sentence[match.start() : match.end()].strip()
    return sentence.strip()
