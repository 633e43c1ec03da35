"""What is drawn for the blanks of a template: `{first}`, `{phone}`, `{iban}` ... Half of the surnames stand in no list."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial

from stdnum import iban, luhn
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir

EACH = 8  # messages of one template

_FIRST = {
    "en": "Alfie Imogen Cedric Philippa Dwayne Latoya Ewan Bronwyn Tobias Winifred Hamish Shanice Rupert "
    "Meera Zachary Beatrix Callum Ottilie Jermaine Tamsin Nigel Prudence Femi Arabella Kwame Isolde Trevor "
    "Saffron Reuben Marigold",
    "de": "Gisela Torben Anneliese Ferhat Dörte Eckhard Mechthild Jannik Waltraud Sören Friederike Ömer "
    "Liselotte Benedikt Ulrike Hartmut Zehra Raimund Roswitha Thies Edeltraud Lennart Kunigunde Marvin "
    "Adelheid Bogdan Hannelore Ansgar Leoni Gernot",
    "es": "Asier Remedios Fermín Macarena Gorka Visitación Ximena Leandro Eulalia Jacobo Amaia Bartolomé "
    "Noelia Cayetana Froilán Marisol Ignacio Yolanda Teófilo Aránzazu Saúl Dolores Evaristo Pilar Norberto "
    "Itziar Ramiro Candela Wilson Estíbaliz",
    "fr": "Ghislain Apolline Fabrice Mireille Aboubakar Clémence Thierry Ségolène Loïc Bérengère Mathurin "
    "Yvette Cyprien Hélène Rachid Capucine Gontran Delphine Anatole Maryvonne Ousmane Félicie Barnabé Nadège "
    "Roselyne Corentin Eugénie Régis Sylviane Tanguy",
}
_LAST = {
    "en": "Ashcombe Okoro Featherby Lanyon Braithwaite MacAskill O'Hanlon Desai Quillfeather Trethewey "
    "Hollis Wainwright Abara Sandiford Pocklington Rees Thistlewood Nakamura Oglethorpe Whitcombe",
    "de": "Hufnagel Özgür Krautwurst von Bülow Stellmacher Wieczorek Zumbrägel Niederegger Bachstelz "
    "Achterberg Yıldız Kleinschmitt Rübsamen Dörfler Jablonski Overkamp Liebknecht Sandkühler Pöppelmann "
    "Trautmannsdorf",
    "es": "Arizcun Bustamante Cienfuegos de la Fuente Echeverri Garmendia Huelves Iglesias Lizarraga "
    "Mondéjar Ocampo Pardo Quintanilla Requena Sorolla Tendero Urrutia Villalba Ybarra Zubiri",
    "fr": "Abgrall Bourdonneau Castelnau Delahousse Escoffier Fougerousse Guillemot Hennequin Jouanneau "
    "Kervella Lachenal Montcharmont Noblecourt Ouedraogo Pétrequin Quemener Rochebrune Sauvageot Traoré "
    "Vieillescazes",
}
_SYLLABLES = [
    "ba",
    "dor",
    "fen",
    "gri",
    "hol",
    "ka",
    "lin",
    "mar",
    "no",
    "pel",
    "ras",
    "sten",
    "tu",
    "ver",
    "wil",
    "zan",
]
_ENDINGS = {
    "en": "ton|ley|worth|by",
    "de": "mann|berg|hofer|inger",
    "es": "ez|ales|eda|ontes",
    "fr": "eau|ault|ier|illon",
}
_TOWNS = {
    "en": "Exeter|Kings Lynn|Hebden Bridge|Stoke-on-Trent",
    "de": "Bamberg|Bad Homburg|Castrop-Rauxel|Frankfurt am Main|Halle",
    "es": "Logroño|San Sebastián|Jerez de la Frontera|Vigo|Alcalá de Henares",
    "fr": "Quimper|Saint-Étienne|Aix-en-Provence|Le Havre|Villeneuve d'Ascq",
}
_STREETS = {
    "en": "Albert Road|Orchard Close|St Mary's Lane|Upper Park Street|Kingsway Avenue|Fern Hill|Queens Drive|Old Mill Gardens",
    "de": "Goethestraße|Kirchweg|Lange Str.|An der Mühle|Friedrich-Ebert-Platz|Hinter den Gärten|Birkenallee|Zum Sportplatz"
    "|Obere Gasse",
    "es": "Calle del Prado|C/ Juan Bravo|Avda. de América|Plaza Mayor|Paseo de las Delicias|Camino Viejo|Rambla Nova"
    "|Travesía San José",
    "fr": "rue Victor Hugo|avenue de la Gare|boulevard Saint-Michel|place du Marché|chemin des Oliviers|impasse des Lilas"
    "|quai Voltaire|allée du Parc",
}
_PRODUCTS = {
    "en": "Emma mattress|Olivia sofa|Halden jacket|Victor lamp|Jack Wolfskin fleece|Lucas 2 tent|Grace teapot|Hugo Boss belt"
    "|Austin backpack|Ruby headphones|model Sophie|Calvin Klein jeans",
    "de": "Zelt Hanna 3|Sofa Charlotte|Halden-Jacke|Modell Emil|Lampe Frieda|Emma-Matratze|Gerry Weber Bluse|Rucksack Anton"
    "|Regal Oskar|Schuhe Clara|Dr. Martens Stiefel|Peter Hahn Pullover",
    "es": "sofá Martina|mochila Diego|chaqueta Halden|modelo Sofía|lámpara Jimena|vestido Adolfo Domínguez|botas Fjell"
    "|silla Pablo|bolso Valeria|perfume Carolina Herrera|mesa Hugo|tienda Nora 3",
    "fr": "canapé Juliette|sac Margot|veste Halden|modèle Antoine|lampe Céleste|robe Clémence|chaise Marcel|tente Lucie 2"
    "|fauteuil Gabriel|parfum Yves Saint Laurent|bottes Fjell|table Simone",
}
_PHONES = {
    "en": "07### ######|+44 7### ### ###|020 7### ####|(01###) ######|+1 (617) 555-01##|212-555-01##|0161 496 0###|+447#########",
    "de": "0151 ########|+49 176 ### ## ###|030/#######|(089) ## ## ## #|0049 221 #######|0171-#######|+49(0)40 ######|0664 #######",
    "es": "6## ### ###|+34 6## ## ## ##|91 5## ## ##|7## ### ###|0034 6########|96# ### ###|6##-##-##-##|6##.###.###",
    "fr": "06 ## ## ## ##|+33 6 ## ## ## ##|01.##.##.##.##|07########|0033 1 ## ## ## ##|+33(0)6 ## ## ## ##|02-##-##-##-##"
    "|06.##.##.##.##",
}
_ORDERS = (
    "NO-#####|#######|2026-####-##|#/####|ORD########|RE-2026-#####|##-#####-#|1Z999AA1##########|0034043#############"
    "|A######|#### #### ##|4#########"
)
_MONTHS = {
    "en": "January|February|March|April|May|June|July|August|September|October|November|December",
    "de": "Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
    "es": "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",
    "fr": "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
}


class _Draw:
    """The values of one message: the same blank has the same value throughout."""

    def __init__(self, language: str, chance: random.Random) -> None:
        self._language, self._chance = language, chance
        self._drawn: dict[str, str] = {}

    def __call__(self, blank: str) -> str:
        if blank not in self._drawn:
            make: Callable[[], str] = getattr(self, "_" + blank.rstrip("0123456789"))
            self._drawn[blank] = make()
        return self._drawn[blank]

    def _one(self, among: Sequence[str]) -> str:
        return self._chance.choice(among)

    def _digits(self, shape: str) -> str:
        return "".join(str(self._chance.randint(0, 9)) if character == "#" else character for character in shape)

    def _first(self) -> str:
        return self._one(_FIRST[self._language].split())

    def _last(self) -> str:
        if self._chance.random() < 0.5:
            made = "".join(self._chance.sample(_SYLLABLES, 2)) + self._one(_ENDINGS[self._language].split("|"))
            return made.capitalize()
        return self._one(re.split(r" (?!Bülow|la |Fuente)", _LAST[self._language]))

    def _phone(self) -> str:
        return self._digits(self._one(_PHONES[self._language].split("|")))

    def _email(self) -> str:
        return f"{self._one('abcdefgh')}.{self._one(_SYLLABLES)}{self._one(_SYLLABLES)}{self._digits('##')}@{self._one(('mail', 'web', 'post'))}.example"

    def _street(self) -> str:
        street, number = self._one(_STREETS[self._language].split("|")), str(self._chance.randint(1, 180))
        if self._language in {"en", "fr"}:
            return f"{number}{self._one(('', '', 'a' if self._language == 'en' else ' bis'))} {street}"
        return (
            f"{street} {number}{self._one(('', 'a', ''))}"
            if self._language == "de"
            else f"{street}{self._one((', ', ' '))}{number}"
        )

    def _town(self) -> str:
        town = self._one(_TOWNS[self._language].split("|"))
        if self._language == "en":
            letters = "".join(self._one("ABDEFGHJLN") for _ in range(2))
            return f"{town} {self._one(('EX', 'PE', 'HX', 'ST'))}{self._digit()} {self._digit()}{letters}"
        return f"{self._chance.randint(10000, 52999)} {town}"

    def _digit(self) -> str:
        return str(self._chance.randint(1, 9))

    def _card(self) -> str:
        body = self._one(("4", "51", "37")) + self._digits("#" * 14)
        body = body[: 14 if body.startswith("37") else 15]
        whole = body + str(luhn.calc_check_digit(body))
        if len(whole) == 15:
            return self._one((whole, f"{whole[:4]} {whole[4:10]} {whole[10:]}"))
        return self._one(
            (
                whole,
                " ".join(whole[place : place + 4] for place in range(0, 16, 4)),
                "-".join(whole[place : place + 4] for place in range(0, 16, 4)),
            )
        )

    def _iban(self) -> str:
        country, bank = self._one(
            (("DE", "#" * 18), ("GB", "BARC" + "#" * 14), ("FR", "#" * 23), ("ES", "#" * 20), ("NL", "INGB" + "#" * 10))
        )
        account = self._digits(bank)
        whole = country + iban.calc_check_digits(country + "00" + account) + account
        return self._one(
            (whole, " ".join(whole[place : place + 4] for place in range(0, len(whole), 4)), whole.lower())
        )

    def _id(self) -> str:
        if self._language == "de":
            while True:
                body = self._one("123456789") + self._digits("#" * 9)
                for check in string.digits:
                    if idnr.is_valid(body + check):
                        return self._one((body + check, f"{body[:2]} {body[2:5]} {body[5:8]} {body[8:]}{check}"))
        if self._language == "es":
            number = self._digits("########")
            return self._one(
                (
                    number + dni.calc_check_digit(number),
                    f"{number}-{dni.calc_check_digit(number)}",
                    "Y" + number[1:] + nie.calc_check_digit("Y" + number[1:]),
                )
            )
        if self._language == "fr":
            body = (
                self._one("12")
                + self._digits("##")
                + f"{self._chance.randint(1, 12):02d}"
                + f"{self._chance.randint(10, 95)}"
                + self._digits("######")
            )
            whole = body + nir.calc_check_digits(body)
            return self._one(
                (whole, f"{whole[0]} {whole[1:3]} {whole[3:5]} {whole[5:7]} {whole[7:10]} {whole[10:13]} {whole[13:]}")
            )
        return self._one(
            (
                f"A{self._one('BCEHJ')}{self._digits('######')}{self._one('ABCD')}",
                f"J{self._one('BCEHJ')} {self._digits('## ## ##')} {self._one('ABCD')}",
                f"{self._chance.randint(100, 665)}-{self._chance.randint(10, 99)}-{self._chance.randint(1000, 9999)}",
            )
        )

    def _birth(self) -> str:
        day = date(1935, 1, 1) + timedelta(days=self._chance.randint(0, 26000))
        month = _MONTHS[self._language].split("|")[day.month - 1]
        spelled = {
            "en": f"{day.day} {month} {day.year}",
            "de": f"{day.day}. {month} {day.year}",
            "es": f"{day.day} de {month} de {day.year}",
            "fr": f"{day.day} {month} {day.year}",
        }
        separator = "." if self._language == "de" else "/"
        return self._one(
            (
                spelled[self._language],
                f"{day.day:02d}{separator}{day.month:02d}{separator}{day.year}",
                day.isoformat(),
                f"{day.day}.{day.month}.{day.year % 100:02d}",
            )
        )

    def _ip(self) -> str:
        v6 = ":".join(f"{self._chance.randint(0x100, 0xFFFF):x}" for _ in range(8))
        return self._one((".".join(str(self._chance.randint(1, 254)) for _ in range(4)), v6))

    def _token(self) -> str:
        return (
            "".join(self._one(string.ascii_letters + string.digits) for _ in range(self._chance.randint(20, 40)))
            + "4x9"
        )

    def _password(self) -> str:
        return (
            self._one(("Winter", "geheim", "Fussball", "bonita", "Soleil"))
            + self._digits("##")
            + self._one(("!", "", "#", "?x"))
        )

    def _order(self) -> str:
        return self._digits(self._one(_ORDERS.split("|")))

    def _product(self) -> str:
        return self._one(_PRODUCTS[self._language].split("|"))

    def _day(self) -> str:
        return f"{self._chance.randint(1, 28):02d}.{self._chance.randint(1, 12):02d}.2026"

    def _price(self) -> str:
        return f"{self._chance.randint(3, 900)},{self._digits('##')} €"


_KIND = {"first": "name", "last": "name", "street": "address", "town": "address", "token": "link", "password": "secret"}
_PLAIN = {"day", "price"}
_BLANK = re.compile(r"\{([a-z]+)(\d*)((?:\+[a-z]+\d*)*)\}")


def filled(language: str, templates: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each template `EACH` times. `{first+last}` is one mark over both, with a space or, in addresses, a comma between."""
    chance = random.Random(f"countersign {language}")  # the same messages in every run
    for family, template in templates:
        for _ in range(EACH):
            yield family, _BLANK.sub(partial(_value, _Draw(language, chance)), template)


def _value(draw: _Draw, match: re.Match[str]) -> str:
    names = [match[1] + match[2], *match[3].split("+")[1:]]
    value = (", " if match[1] == "street" else " ").join(map(draw, names))
    return value if match[1] in _PLAIN else f"[[{_KIND.get(match[1], match[1])}:{value}]]"
