"""More questions as customers write them, by hand, with none of the words that the articles would make it easy with.

Those about gift cards, repairs, sizes and the like are asked in all languages; their articles are there in English alone.
"""

from __future__ import annotations

from tests.knowledge.questions import Question

_ASKED: dict[str, dict[str, list[str]]] = {
    "en": {
        "account-and-password": [
            "The mail that should let me back in never turned up, not even in junk.",
            "I typed it wrong too often and now I am shut out. How long until I can try again?",
            "My old inbox is gone, how do I move my login to a new one?",
        ],
        "business-orders": [
            "Our hiking club would like to buy forty rain jackets, is there anything off for that many?",
            "Could you stitch our school's crest onto caps?",
        ],
        "cancelling-an-order": [
            "Changed my mind five minutes after checkout, please don't ship it.",
            "I only want to drop the water bottle and keep the rest of what I bought.",
        ],
        "care-of-down-jackets": [
            "After the laundry my puffer is all lumps, how do I get it fluffy again?",
            "Little bits of fluff keep poking out of the lining of my new parka, is that a fault?",
        ],
        "changing-the-address": [
            "I typed the wrong house number at checkout. Fixable?",
            "I'll be away on Thursday, can the driver leave it with the lady next door?",
        ],
        "charged-twice": [
            "My bank app shows two identical debits from you, one of them pending.",
            "I pressed the pay button again because it hung, and now two confirmations came.",
        ],
        "deleting-an-account": [
            "I don't want to be a customer any more, wipe my profile please.",
            "What do you know about me? Send me all of it.",
            "Close my account for good, and what happens to my old invoices?",
        ],
        "delivery-costs": [
            "Does postage drop to nothing if I spend enough? I'm in Leeds.",
            "The courier wants me to pay import tax before handing it over, is that right?",
            "Why is there a surcharge for the big family tent?",
        ],
        "delivery-times": [
            "If I buy it this afternoon, will it be in Munich tomorrow?",
            "When would the sleeping mat reach me on the Isle of Skye?",
        ],
        "discount-codes": [
            "Forgot to type in my ten percent off, can you still knock it off the price?",
            "My newsletter coupon does nothing with the boots that are on sale.",
        ],
        "exchanging-a-size": [
            "I'd rather have the medium than the small I got, same colour.",
            "You lowered the price three days after I bought it. Do I get the difference?",
        ],
        "gift-cards": [
            "I got a present voucher from my aunt in 2023, is it still good?",
            "Can't find the plastic card that was in my Christmas stocking. Is the money gone?",
        ],
        "invoices-and-vat": [
            "Where can I get the paperwork for my tax return?",
            "The bill has my private name on it, my boss needs the firm there.",
        ],
        "missing-item": [
            "You packed everything but the gas canister.",
            "The parcel was too light: the headlamp that I paid for wasn't inside.",
        ],
        "parcel-damaged": [
            "The bottle was in pieces when I unwrapped it.",
            "There is a rip in the rucksack straight out of the carton, I'd keep it for a bit less money.",
        ],
        "parcel-lost": [
            "The carrier has no idea where my stuff is since the week before last. I want it sent anew.",
            "The thing that never came has turned up after all, now I've got two.",
            "Not one scan in two weeks, I would like my money back now.",
        ],
        "payment-methods": [
            "Is PayPal or bank transfer possible, or only plastic?",
            "My Visa was turned down three times in a row, what now?",
            "When does the money actually leave my account?",
        ],
        "refunds-and-returns": [
            "It was a Christmas present that nobody liked, is it too late to send it back in January?",
            "I wore the boots once around the flat. Will you still take them?",
            "Do I pay for the way back from Bristol?",
        ],
        "repair-service": [
            "A branch tore my anorak, do you patch such things and for how much?",
            "How many weeks will I be without my tent while you sew it?",
        ],
        "return-labels": [
            "I've no printer at home, how do I post it back?",
            "I checked out without signing up. Where's the sticker for sending stuff back?",
        ],
        "size-guide": [
            "My chest is 104 cm, which letter do I need?",
            "My daughter is 128 tall and grows like mad, what should I order?",
            "Do your hiking boots come up small?",
        ],
        "store-pick-up": [
            "I'd like to fetch it myself in Hamburg, how will I know it is there?",
            "Can I hand the shoes back over the counter in Lyon?",
            "How long will the shop in Valencia hold my things for me?",
        ],
        "tent-poles-and-spare-parts": [
            "We lost four pegs and a guy rope, do you sell those one by one?",
            "Where can I read which tent I have? I need a new rain cover for it.",
        ],
        "tracking-a-parcel": [
            "Where do I see how far along my package is?",
            "Half of my things came today, where's the other half?",
        ],
        "warranty": [
            "The membrane of my shell peels off after four winters, do I have any claim?",
            "I threw the receipt away, can I still complain about the broken buckle?",
        ],
        "waterproofing-boots": [
            "My shoes are soaked, may I put them next to the radiator?",
            "How often do leather boots want new wax?",
        ],
    },
    "de": {
        "account-and-password": ["Ich komme nicht mehr rein, ich habe vergessen, womit ich mich anmelde."],
        "cancelling-an-order": [
            "Bitte nicht verschicken, ich habe mich vertan und eben erst auf Kaufen gedrückt.",
            "Kann ich nur die Mütze wieder herausnehmen und den Rest behalten?",
        ],
        "charged-twice": [
            "Ihr habt doppelt bei mir abgebucht!",
            "Auf dem Kontoauszug sind zwei gleiche Posten, einer davon vorgemerkt.",
        ],
        "delivery-costs": [
            "Ab welchem Einkaufswert zahle ich kein Porto?",
            "Wieso kostet das große Zelt fünfzehn Euro Aufschlag?",
        ],
        "delivery-times": [
            "Wenn ich heute Mittag kaufe, ist es dann morgen bei mir in Köln?",
            "Wie schnell wäre das in Schottland?",
        ],
        "discount-codes": ["Mein Gutschein für die erste Bestellung wird im Warenkorb nicht angenommen."],
        "exchanging-a-size": [
            "Mir sitzt die Jacke zu eng, ich hätte sie lieber in L.",
            "Wird mir die andere Größe schon geschickt, bevor meine bei euch ankommt?",
        ],
        "gift-cards": ["Wie lange kann ich den Geschenkgutschein von meiner Oma noch einlösen?"],
        "invoices-and-vat": ["Ich brauche einen Beleg mit Firmenname fürs Finanzamt."],
        "parcel-damaged": [
            "Beim Auspacken war die Thermoskanne in Scherben.",
            "Der Rucksack hat von Anfang an einen Riss, ich würde ihn gegen Nachlass behalten.",
        ],
        "parcel-lost": [
            "Der Zusteller weiß seit über einer Woche nicht, wo meine Sachen sind.",
            "Das verschollene Päckchen ist jetzt doch noch gekommen, ich habe alles zweimal.",
        ],
        "payment-methods": [
            "Geht auch Überweisung oder nur Kreditkarte?",
            "Dreimal wurde meine Karte abgelehnt, und nun?",
            "Wann geht das Geld von meinem Konto ab?",
        ],
        "refunds-and-returns": [
            "Wie viele Tage darf ich mir überlegen, ob ich die Schuhe behalte?",
            "Weihnachtsgeschenk gefällt nicht, nehmt ihr das im Januar noch zurück?",
            "Unterwäsche anprobiert, kann ich die zurückschicken?",
        ],
        "repair-service": ["Ein Ast hat ein Loch in den Anorak gerissen, näht ihr so etwas?"],
        "return-labels": [
            "Ich habe keinen Drucker, wie schicke ich die Ware zurück?",
            "Wo finde ich den Aufkleber fürs Zurückschicken? Ich habe ohne Konto bestellt.",
        ],
        "tracking-a-parcel": [
            "Wo sehe ich, wo meine Lieferung gerade steckt?",
            "Nur die Hälfte ist heute angekommen, wo bleibt der Rest?",
        ],
        "warranty": [
            "Der Reißverschluss ist nach drei Jahren hin, zahlt ihr das?",
            "Kassenzettel ist weg, kann ich den Mangel trotzdem melden?",
        ],
    },
    "es": {
        "account-and-password": ["No me acuerdo de la clave y no puedo entrar en mi perfil."],
        "cancelling-an-order": [
            "Me equivoqué al comprar, no lo manden por favor.",
            "¿Puedo quitar solo el gorro y dejar el resto?",
        ],
        "charged-twice": [
            "En el banco aparecen dos cargos iguales de su tienda.",
            "Pulsé pagar otra vez porque se quedó colgado y me llegaron dos confirmaciones.",
        ],
        "delivery-costs": [
            "¿A partir de qué importe no pago el transporte?",
            "¿Por qué la tienda de campaña grande lleva un recargo?",
        ],
        "delivery-times": [
            "Si compro hoy, ¿cuándo lo tendría en Sevilla?",
            "¿Llegaría antes del viernes si lo pido urgente?",
        ],
        "discount-codes": ["El cupón de bienvenida no me lo acepta."],
        "exchanging-a-size": ["La chaqueta me aprieta, la prefiero en la L.", "Si ya no queda mi número, ¿qué pasa?"],
        "gift-cards": ["¿Hasta cuándo puedo gastar el vale que me regalaron por mi cumpleaños?"],
        "parcel-damaged": [
            "Al abrirlo, el termo estaba hecho añicos.",
            "La mochila vino con un desgarro, me la quedaría con una rebaja.",
        ],
        "parcel-lost": [
            "Hace casi dos semanas que el transportista no sabe dónde están mis cosas.",
            "Lo que se había perdido apareció y ahora tengo dos.",
        ],
        "payment-methods": [
            "Me han rechazado la Visa tres veces, ¿y ahora?",
            "¿Cuándo sale el dinero de mi cuenta?",
        ],
        "refunds-and-returns": [
            "¿Cuántos días tengo para pensarme si me quedo las botas?",
            "Fue un regalo de Navidad y no gustó, ¿se lo quedan en enero?",
        ],
        "repair-service": ["Se me hizo un agujero en el anorak, ¿ustedes lo cosen?"],
        "return-labels": [
            "No tengo impresora, ¿cómo se lo mando de vuelta?",
            "Compré sin registrarme, ¿dónde saco la pegatina para enviarlo de vuelta?",
        ],
        "tracking-a-parcel": [
            "¿Dónde veo por dónde va mi compra?",
            "Solo llegó la mitad, ¿y lo demás?",
        ],
        "warranty": [
            "La cremallera se rompió a los tres años, ¿me lo cubren?",
            "Tiré el tique, ¿puedo reclamar igual?",
        ],
    },
    "fr": {
        "account-and-password": ["Je n'arrive plus à me connecter, j'ai oublié mon code secret."],
        "cancelling-an-order": [
            "Je me suis trompée d'article il y a dix minutes, ne l'envoyez pas s'il vous plaît.",
            "Puis-je enlever seulement le bonnet et garder le reste ?",
        ],
        "charged-twice": [
            "Sur mon relevé il y a deux fois la même somme de chez vous.",
            "J'ai recliqué sur payer parce que ça bloquait, et j'ai reçu deux confirmations.",
        ],
        "delivery-costs": [
            "À partir de quel montant le port est-il offert ?",
            "Pourquoi un supplément pour la grande tente ?",
        ],
        "delivery-times": [
            "Si j'achète aujourd'hui, je l'ai quand à Lyon ?",
            "Est-ce que ça peut arriver avant vendredi en urgent ?",
        ],
        "discount-codes": ["Mon bon de bienvenue n'est pas accepté dans le panier."],
        "exchanging-a-size": [
            "La veste me serre, je la voudrais plutôt en L.",
            "Que se passe-t-il si ma pointure n'existe plus ?",
        ],
        "gift-cards": ["Jusqu'à quand puis-je utiliser le bon qu'on m'a offert à Noël ?"],
        "parcel-damaged": [
            "En déballant, le thermos était en morceaux.",
            "Le sac à dos est déchiré depuis le début, je le garderais avec une remise.",
        ],
        "parcel-lost": [
            "Le transporteur ne sait plus où sont mes affaires depuis deux semaines.",
            "Ce qui s'était égaré est finalement arrivé, j'ai tout en double.",
        ],
        "payment-methods": [
            "Ma carte a été refusée trois fois, que faire ?",
            "Quand l'argent part-il de mon compte ?",
            "Vous prenez les virements ou seulement la carte bleue ?",
        ],
        "refunds-and-returns": [
            "Combien de jours pour réfléchir avant de renvoyer les chaussures ?",
            "Un cadeau de Noël qui ne plaît pas, vous le reprenez en janvier ?",
        ],
        "repair-service": ["Une branche a troué mon anorak, vous recousez ce genre de choses ?"],
        "return-labels": [
            "Je n'ai pas d'imprimante, comment vous le renvoyer ?",
            "J'ai acheté sans compte, où trouver l'autocollant pour réexpédier ?",
        ],
        "tracking-a-parcel": [
            "Où puis-je voir où en est mon achat ?",
            "Seule la moitié est arrivée, où est le reste ?",
        ],
        "warranty": ["J'ai jeté le ticket, puis-je quand même réclamer pour la couture ?"],
    },
}

_ALSO = {
    "tracking-a-parcel": {"Not one scan in two weeks, I would like my money back now."},
    "missing-item": {
        "Half of my things came today, where's the other half?",
        "Nur die Hälfte ist heute angekommen, wo bleibt der Rest?",
        "Solo llegó la mitad, ¿y lo demás?",
        "Seule la moitié est arrivée, où est le reste ?",
    },
}
"""Questions that a second article answers as well."""

PARAPHRASES = [
    Question(language, text, {slug, *(also for also, asked in _ALSO.items() if text in asked)})
    for language, shelf in _ASKED.items()
    for slug, texts in shelf.items()
    for text in texts
]
