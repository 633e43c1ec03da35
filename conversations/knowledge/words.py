"""Which words of a customer's text say what it is about."""

from __future__ import annotations

import re
import unicodedata

MOST_CHARACTERS = 10_000
FIRST_WORDS, LAST_WORDS = 40, 24
"""Of a long text, what it begins and what it ends with count: people say what they want at one of the two."""

_WORD = re.compile(r"[^\W\d_]{2,40}")

# Words that PostgreSQL's own lists keep and that stand in every letter to a shop, whatever it is about. Unless they are
# left out, "How long does it take until I get ..." finds every heading that begins with "How long".
_EMPTY = {
    "en": """
        hello hi dear please thank thanks regards kind would could should can may might must will shall want wants
        wanted like need needs get gets got getting give gives gave given go goes going gone come comes came make
        makes made take takes took let lets put know knows think say says said tell told ask asks asked see sees
        look looking write writes wrote written print one two three first second also just even still yet already
        again now then today tomorrow yesterday soon ever never always really quite maybe much many more most less
        least lot bit thing things something anything nothing everything someone anyone everyone way without within
        since until till around about however else back long day days week weeks month months year years time times
        new old good bad great nice best right wrong possible able help question answer yes ok okay sorry morning
        afternoon evening
    """,
    "de": """
        hallo guten gute tag tage moin servus grüß gott danke dank bitte liebe lieber grüße gruß freundliche
        freundlichen würde würden könnte könnten können kann möchte möchten wollen will soll sollen muss müssen darf
        dürfen mag haben habe hat hatte sein bin ist war wird werden geht gehen gibt geben kommt kommen macht machen
        gemacht sagen sagt schreiben geschrieben wissen weiß schon noch nur auch mal immer wieder jetzt dann heute
        morgen gestern bald sehr viel viele mehr etwas nichts alles jemand wie lange woche wochen monat monate jahr
        jahre zeit neu neue neuen alt gut schlecht möglich hilfe helfen frage antwort ja nein ok leider eigentlich
        einfach ganz mir ihnen ihr ihre mein meine meinen meiner bekomme bekommen bekam erste ersten erster erstes
        eins zwei drei zweimal beim zum zur ab seit bis
    """,
    "es": """
        hola buenos buenas días dias tardes noches gracias favor saludos cordial estimados estimado quisiera querría
        quiero quiere puedo puede pueden podría podrían poder tengo tiene tienen tener hay hacer hago hace hacen
        hecho dar da dan decir dice escribir escribo escribí escribió saber sé ir va voy van ver ya aún todavía
        también solo sólo ahora entonces hoy mañana ayer pronto muy mucho mucha muchos muchas más menos algo nada
        todo toda todos alguien cuánto cuánta cuántos cuántas cuándo cuál cuáles qué quién cómo dónde día semana
        semanas mes meses año años tiempo vez veces nuevo nueva bueno buena posible ayuda pregunta respuesta sí vale
        uno una dos tres primero primera llevo llevar
    """,
    "fr": """
        bonjour bonsoir salut merci svp plaît cordialement madame monsieur voudrais voudrait veux veut vouloir peux
        peut pouvez pouvoir pourrais pourriez dois doit devoir avoir ai avez être suis êtes fait faire faites faut
        va vais aller allez dire dit écrire écris écrit savoir sais voir déjà encore aussi seulement maintenant
        alors aujourd hui demain hier bientôt très beaucoup plus moins quelque chose rien tout toute tous quelqu
        combien quand quel quelle quels quelles comment pourquoi où qui quoi jour jours semaine semaines mois an ans
        année années temps fois nouveau nouvelle bon bonne possible aide question réponse oui non un une deux trois
        premier première depuis après avant toujours le la les
    """,
}
EMPTY = {language: frozenset(words.split()) for language, words in _EMPTY.items()}


def asked_words(text: str, language: str) -> list[str]:
    """The words of a text that may say what it is about: in lower case, each once, at most 64 in their order."""
    normal = unicodedata.normalize("NFC", text[:MOST_CHARACTERS]).lower()
    empty = EMPTY.get(language, frozenset())
    words = [word for word in dict.fromkeys(_WORD.findall(normal)) if word not in empty]
    if len(words) <= FIRST_WORDS + LAST_WORDS:
        return words
    return words[:FIRST_WORDS] + words[-LAST_WORDS:]
