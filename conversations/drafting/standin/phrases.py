"""The few words that the stand-in adds of its own, by language, and the words by which it understands."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True)
class Phrases:
    """What an answer says around its quotes. `{name}` is the customer's placeholder."""

    greeting: str
    greeting_without_name: str
    formal_greeting: str
    formal_greeting_without_name: str
    thanks: str
    formal_thanks: str
    closing: str
    formal_closing: str
    warm_closing: str
    colleague: str
    colleague_for_the_rest: str
    other_language: str
    sorry: str
    which_order: str
    colleague_acts: str


PHRASES: Final = {
    "en": Phrases(
        greeting="Hello {name},",
        greeting_without_name="Hello,",
        formal_greeting="Dear {name},",
        formal_greeting_without_name="Dear customer,",
        thanks="Thank you for your message.",
        formal_thanks="Thank you for contacting us about your request.",
        closing="Kind regards",
        formal_closing="Yours sincerely",
        warm_closing="All the best, and thank you for your patience",
        colleague="A colleague will look into your question and get back to you.",
        colleague_for_the_rest="A colleague will look into the rest of your question and get back to you.",
        other_language="We have this information in another language only:",
        sorry="We are sorry for the inconvenience.",
        which_order="Could you please send us your order number?",
        colleague_acts="A colleague will look into your request and get back to you.",
    ),
    "de": Phrases(
        greeting="Guten Tag {name},",
        greeting_without_name="Guten Tag,",
        formal_greeting="Sehr geehrte/r {name},",
        formal_greeting_without_name="Sehr geehrte Damen und Herren,",
        thanks="Vielen Dank für Ihre Nachricht.",
        formal_thanks="Vielen Dank, dass Sie sich mit Ihrem Anliegen an uns gewandt haben.",
        closing="Freundliche Grüße",
        formal_closing="Mit freundlichen Grüßen",
        warm_closing="Herzliche Grüße und vielen Dank für Ihre Geduld",
        colleague="Ihre Frage sieht sich jemand aus unserem Team an und meldet sich bei Ihnen.",
        colleague_for_the_rest="Den Rest Ihrer Frage sieht sich jemand aus unserem Team an und meldet sich bei Ihnen.",
        other_language="Diese Auskunft haben wir nur in einer anderen Sprache:",
        sorry="Bitte entschuldigen Sie die Unannehmlichkeiten.",
        which_order="Würden Sie uns bitte Ihre Bestellnummer nennen?",
        colleague_acts="Um Ihr Anliegen kümmert sich jemand aus unserem Team und meldet sich bei Ihnen.",
    ),
    "es": Phrases(
        greeting="Hola, {name}:",
        greeting_without_name="Hola:",
        formal_greeting="Estimado/a {name}:",
        formal_greeting_without_name="Estimado/a cliente:",
        thanks="Gracias por su mensaje.",
        formal_thanks="Le agradecemos que se haya puesto en contacto con nosotros.",
        closing="Un saludo",
        formal_closing="Atentamente",
        warm_closing="Un cordial saludo y gracias por su paciencia",
        colleague="Alguien de nuestro equipo revisará su pregunta y le responderá.",
        colleague_for_the_rest="Alguien de nuestro equipo revisará el resto de su pregunta y le responderá.",
        other_language="Solo tenemos esta información en otro idioma:",
        sorry="Sentimos las molestias.",
        which_order="¿Podría indicarnos su número de pedido, por favor?",
        colleague_acts="Alguien de nuestro equipo revisará su petición y le responderá.",
    ),
    "fr": Phrases(
        greeting="Bonjour {name},",
        greeting_without_name="Bonjour,",
        formal_greeting="Madame, Monsieur {name},",
        formal_greeting_without_name="Madame, Monsieur,",
        thanks="Merci pour votre message.",
        formal_thanks="Nous vous remercions de nous avoir contactés.",
        closing="Cordialement",
        formal_closing="Veuillez agréer nos salutations distinguées",
        warm_closing="Bien à vous, et merci pour votre patience",
        colleague="Un membre de notre équipe va examiner votre question et vous répondra.",
        colleague_for_the_rest="Un membre de notre équipe va examiner le reste de votre question et vous répondra.",
        other_language="Nous n'avons cette information que dans une autre langue :",
        sorry="Nous sommes désolés pour ce désagrément.",
        which_order="Pourriez-vous nous indiquer votre numéro de commande ?",
        colleague_acts="Un membre de notre équipe va examiner votre demande et vous répondra.",
    ),
}

AMONG_FRIENDS: Final = PHRASES | {
    "de": replace(
        PHRASES["de"],
        greeting="Hallo {name},",
        greeting_without_name="Hallo,",
        formal_greeting="Guten Tag {name},",
        formal_greeting_without_name="Guten Tag,",
        thanks="Vielen Dank für deine Nachricht.",
        formal_thanks="Vielen Dank, dass du dich mit deinem Anliegen an uns gewandt hast.",
        warm_closing="Herzliche Grüße und vielen Dank für deine Geduld",
        colleague="Deine Frage sieht sich jemand aus unserem Team an und meldet sich bei dir.",
        colleague_for_the_rest="Den Rest deiner Frage sieht sich jemand aus unserem Team an und meldet sich bei dir.",
        sorry="Bitte entschuldige die Unannehmlichkeiten.",
        which_order="Würdest du uns bitte deine Bestellnummer nennen?",
        colleague_acts="Um dein Anliegen kümmert sich jemand aus unserem Team und meldet sich bei dir.",
    ),
    "es": replace(
        PHRASES["es"],
        formal_greeting="Hola, {name}:",
        formal_greeting_without_name="Hola:",
        thanks="Gracias por tu mensaje.",
        formal_thanks="Te agradecemos que te hayas puesto en contacto con nosotros.",
        warm_closing="Un cordial saludo y gracias por tu paciencia",
        colleague="Alguien de nuestro equipo revisará tu pregunta y te responderá.",
        colleague_for_the_rest="Alguien de nuestro equipo revisará el resto de tu pregunta y te responderá.",
        which_order="¿Podrías indicarnos tu número de pedido, por favor?",
        colleague_acts="Alguien de nuestro equipo revisará tu petición y te responderá.",
    ),
    "fr": replace(
        PHRASES["fr"],
        formal_greeting="Bonjour {name},",
        formal_greeting_without_name="Bonjour,",
        thanks="Merci pour ton message.",
        formal_thanks="Nous te remercions de nous avoir contactés.",
        formal_closing="Bien cordialement",
        warm_closing="Bien à toi, et merci pour ta patience",
        colleague="Un membre de notre équipe va examiner ta question et te répondra.",
        colleague_for_the_rest="Un membre de notre équipe va examiner le reste de ta question et te répondra.",
        which_order="Pourrais-tu nous indiquer ton numéro de commande ?",
        colleague_acts="Un membre de notre équipe va examiner ta demande et te répondra.",
    ),
}
"""The same where the house says du, tú or tu. What is quoted stays as its article says it."""

SHORTER: Final = re.compile(r"short|brief|concise|kürz|kurz|knapp|cort|breve|court|bref|conci", re.IGNORECASE)
LONGER: Final = re.compile(
    r"longer|more detail|in detail|ausführlich|länger|genauer|más detalle|détail|plus long", re.IGNORECASE
)
INFORMAL: Final = re.compile(r"informal|friendl|warm|freundlich|herzlich|amable|cercan|amical|chaleureu", re.IGNORECASE)
FORMAL: Final = re.compile(r"formal|formell|förmlich|formel|polite|höflich|soutenu", re.IGNORECASE)
STYLE: Final = re.compile("|".join(style.pattern for style in (SHORTER, LONGER, INFORMAL, FORMAL)), re.IGNORECASE)

INJECTION: Final = re.compile(
    r"(?:ignore|disregard|forget|vergiss|ignorier\w*|ignora|oublie\w*)\b.{0,40}"
    r"(?:instruction|prompt|rule|anweisung|regel|instruccion|consigne)"
    r"|system prompt|you are now|du bist jetzt",
    re.IGNORECASE,
)
ORDER_NUMBER: Final = re.compile(r"order number|bestellnummer|numero de (?:su )?pedido|numero de (?:votre )?commande")
SEND_US: Final = re.compile(
    r"(?:write to|send|tell) us|(?:schreiben|schicken|nennen|senden) sie uns|(?:escriba|envie|indique|diga)nos|(?:ecrivez"
    r"|envoyez|indiquez)-nous"
)
WISHES: Final = re.compile(
    r"(?:^|\b)(?:please|can (?:you|u|somebody|someone)|could (?:you|somebody|someone)|would you|i would like (?:you"
    r"|a person)|i want you) .{0,60}"
    r"\b(?:cancel|find out|check|look into|redirect|change|add|put|call|speak|send (?:it|them|the|me|a)|refund|transfer"
    r"|repair|make|do something|extend|stop)"
    r"|\b(?:bitte|konnen sie|konnt ihr|konnten sie|ich bitte) .{0,60}\b(?:stornier|prufen|klar|anruf|ander|schick|uberweis"
    r"|erstatt|nachseh|herausfind|verlanger|stopp)"
    r"|\b(?:uberweisen|stornieren|andern|prufen|schicken|erstatten) sie\b"
    r"|\b(?:por favor|podeis|puede|pueden|podria|podrian|me gustaria que|necesito que|prefiero que) .{0,60}"
    r"\b(?:cancel|mir|comprob|llam|cambi|envi|devolv|reembols|anad|averigu|hac|correg|vaya)|\bdevolvedme\b|\bllamadme\b"
    r"|\b(?:pouvez-vous|pourriez-vous|merci de|veuillez|j'aimerais que|s'il vous plait) .{0,60}"
    r"\b(?:annul|verifi|appel|chang|modifi|envoy|rembours|ajout|retir|faire quelque|dire ce qui se passe)"
    r"|\bj'aimerais (?:retirer|annuler|changer)\b"
)
"""What somebody is asked to do, in folded text."""

HANGING: Final = re.compile(
    r"^(?:on top of that|in addition|additionally|also|además|también|en plus|de plus|également),? (?=\w)",
    re.IGNORECASE,
)
TROUBLE: Final = re.compile(
    r"\b(?:broke|broken|snapped|torn|tear|damaged|faulty|defect|missing|lost|never (?:got|arrived|came)|still (?:no|nothing"
    r"|not|waiting)|not arrived|declined"
    r"|kaputt|beschadigt|defekt|zerdruckt|gerissen|fehlt|verloren|verschollen|immer noch|nicht (?:angekommen|mehr gescannt)"
    r"|klemmt|reisst"
    r"|rot[oa]s?|danad|aplastad|falta|perdid|todavia no|no ha llegado|rechaza|manch"
    r"|casse|abime|ecrase|dechire|manque|perdu|toujours pas|rien recu|bloquee|se decolle)\w*"
)
LEGAL: Final = re.compile(
    r"lawyer|solicitor|legal action|\bsue\b|anwalt|anwält|verklag|abogad|demandar|avocat|porter plainte", re.IGNORECASE
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Frequent words: they tell the language of a text, and they never count as a match.
FREQUENT: Final = {
    "en": _words(
        """
        the and you your for with that this are have has not can will from was our please what when how there been
        would could does did they them their but any all which who get got about into out after before than then
        also just only more most here where why i'm hello dear thank thanks kind regards hi want like need know
        still yet is it my me we of to in on be as at by or if so do an
        """
    ),
    "de": _words(
        """
        der die das und ist ich sie wir mit für fur auf ein eine einen einem einer nicht den dem des von zu bei aus
        nach auch wie was wann kann können konnen haben habe hat wird werden wurde sind bitte ihre ihr ihren ihrem
        mein meine meinen sich oder aber noch nur schon wenn dass hallo guten tag danke vielen dank grüße grusse
        freundliche mir mich uns unser unsere es im am zum zur um als da so sehr
        """
    ),
    "es": _words(
        """
        el la los las un una y es de que en con por para no se su sus mi mis me le les del al lo como pero más mas
        cuando cuándo cuando qué cómo está esta este esto son ha han he hemos tengo tiene puede puedo hola gracias
        buenos días dias saludos un saludo quiero desde muy ya si sí también tambien sobre nos nuestro nuestra usted
        ser hay todo
        """
    ),
    "fr": _words(
        """
        le la les un une des et est de du que qui en dans avec pour par pas ne se sa son ses mon ma mes je vous nous
        votre vos notre nos il elle on au aux ce cette ces mais plus quand comment quoi suis êtes etes avez avons ai
        ont sont peut puis bonjour merci cordialement salutations si aussi sur être etre fait faire tout très tres
        """
    ),
}
# Words and letters of a shop's short texts that show the language too, but carry meaning.
TELLING: Final = {
    "en": _words(
        "within days day order orders delivery item items return returns shipping costs free working change per each"
    ),
    "de": _words(
        "innerhalb tage tagen bestellung lieferung artikel versand rückgabe kosten kostenlos werktage pro jede ändern"
    ),
    "es": _words(
        "plazo días pedido pedidos entrega envío artículo artículos devolución cuesta gratis laborables cada cambiar"
    ),
    "fr": _words(
        "délai jours commande commandes livraison article articles retour gratuit ouvrés chaque changer frais"
    ),
}
LETTERS: Final = {"en": "", "de": "äöüß", "es": "ñ¿¡óí", "fr": "çèêàùœî"}
EVERYWHERE: Final = frozenset().union(*FREQUENT.values())
