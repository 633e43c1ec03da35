"""What people and help pages call by different names: words of one group count as the same, in four languages.

General words of a shop; the stems are folded (lower case, no accents).
"""

from __future__ import annotations

from typing import Final

_GROUPS: Final = """
    - swap, exchang, umtausch, tausch, umgetauscht, cambi, echang
    - refund, reimburs, repay, money, geld, erstatt, ruckzahl, dinero, reembols, devolv, argent, rembours, virement
    - return, sendback, send back, sent back, ruckgabe, rucksend, zuruckschick, zuruckgeb, zuruckgeschickt, devolu,
      retour, renvo
    - parcel, package, paket, sendung, karton, box, paquete, envio, caja, colis, paquet, carton
    - broken, broke, snapped, torn, tear, damage, faulty, defect, crush, kaputt, beschadig, defekt, zerdruckt,
      gerissen, kaput, roto, rota, danad, aplastad, mancha, stain, scratch, fleck, casse, abim, ecras, dechir,
      decoll
    - lost, disappear, vanish, verlor, verscholl, perdid, perd, egare
    - cancel, stornier, storno, abbestell, anul, annul
    - invoice, bill, rechnung, factur
    - receipt, ticket, beleg, quittung, kassenbon, recibo, recu
    - long, lang, lange, dauer, dauert, tarda, plazo, delai, combien, lieferzeit
    - cost, price, charge, fee, kost, preis, gebuhr, cobr, precio, cuest, cout, frais, prix
    - payer, zahl, bezahl, pay, paid, pago, pagar, payment
    - size, grosse, talla, taille, small, large, tight, narrow, eng, grand, pequen, petit
    - label, etikett, etiquet
    - sold out, ausverkauft, agotad, epuis, unavailable, verfugbar, disponible
    - track, verfolg, seguimiento, suivi, scan, gescannt, escane, scann
    - address, adress, direccion, adresse, moved, umgezogen, mudado, demenag
    - guarant, warrant, garant, gewahrleist, cover, couvert, cubre
    - zip, reissverschluss, cremallera, fermeture
    - declin, reject, ablehn, abgelehnt, rechaz, refus, fail, fallid, echou, fehlgeschlagen
    - twice, double, duplicat, doppelt, zweimal, duplicado, dos veces, deux fois
    - gift card, gutschein, geschenkkarte, tarjeta regalo, carte cadeau, voucher
    - code, rabatt, discount, descuento, remise, codigo, rabais, reduc
    - wash, waschen, lavar, laver, machine, waschmaschine, lavadora
    - dry, dryer, tumble, trockn, secar, secador, secher, seche
    - pick up, collect, abhol, recog, retir
    - island, insel, isla, ile, iles
    - printer, drucker, impresora, imprimante, print, druck, imprim
    - password, passwort, kennwort, contrasena, passe
    - delete, gone, losch, elimin, borr, supprim
    - free, frei, kostenlos, gratis, gratuit
    - fast, express, urgent, schnell, rapid, vite, eil
"""

_NAMES: Final = [
    (" ".join(name.split()), f"#{number}")
    for number, group in enumerate(_GROUPS.split("- ")[1:])
    for name in group.split(",")
]
STEMS: Final = {name: group for name, group in _NAMES if " " not in name}
PHRASES_OF_TWO: Final = {name: group for name, group in _NAMES if " " in name}
_SHORTEST, _LONGEST = min(map(len, STEMS)), max(map(len, STEMS))

_SAID_ANYWHERE: Final = """
    order orders item items shop thing things bestellung bestell artikel pedido pedidos articulo articulos commande commandes
    article articles number nummer numero account konto cuenta compte customer kunde cliente client question frage pregunta
    today heute hoy week woche semana now jetzt ahora maintenant somebody someone something jemand etwas alguien algo quelque
    soll sollen machen mach tun kann kommt geht gibt wisst wissen weiss brauche brauch mochte gern gerne lassen bekommen bekomme
    make made take does doing done find keep give look tell help need still also thanks right wrong
    hago hacer pasa poner ponga quiero quisiera necesito gustaria favor puedo podeis sabe faire fait peux veux voudrais aimerais
    voudrait savoir passe ici aussi pouvez-vous pouvez indique let lets one two whether first last work works worked
    write recommended
    too top back other another autre andere anderen otro otra man noch bin point
    late spat tarde tard trop zwei dos deux uno eins antes avant before bis muss chez muy
"""
EVERYWHERE: Final = frozenset(_SAID_ANYWHERE.split())
"""Words of nearly every ticket: they tell little."""


def subject_of(word: str) -> str:
    """The group of a folded word, or the word."""
    for length in range(min(_LONGEST, len(word)), _SHORTEST - 1, -1):
        group = STEMS.get(word[:length])
        if group and (length >= 4 or length == len(word)):
            return group
    return word


def subjects_of_phrases(folded: str) -> list[str]:
    """The groups that are named by two words."""
    return [group for phrase, group in PHRASES_OF_TWO.items() if phrase in folded]
