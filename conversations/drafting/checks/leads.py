"""Leads in a thread, which count once a draft says something without a source; and what a draft itself never says.

Everything is looked for in folded text.
"""

from __future__ import annotations

import re
from typing import Final

from conversations.drafting.checks.signs import any_of

LEADS: Final = any_of(
    r"(?<!\w)(?:say|write|answer|reply|respond|state|include|add|append|mention|print|output|repeat|translate|sign|begin"
    r"|start|end|finish|conclude|insert|put|place|paste|render|copy)\b[^.!?]{0,60}(?:repl(?:y|ies)|answer|response|message"
    r"|sentence|words?|letter|mail)\b",
    r"(?<!\w)(?:say|state|write|confirm|agree|admit|declare|announce|congratulate|praise|promise|sign|mark|treat|classify"
    r"|extend|grant|approve|forgive|waive)(?:s|ed)?\b (?!me\b)",
    r"(?<!\w)tell (?:me|us|them|him|her|everyone|people|(?:the |all )?customers?)\b|(?<!\w)ask me (?:for|to)\b"
    r"|(?<!\w)(?:thank|call|praise) (?:them|the|me|us|our)\b|(?<!\w)do not mention|(?<!\w)don't mention",
    r"(?<!\w)(?:poem|haiku|pirate|rhyme|song|klingon|capital letters|upper ?case|emoji|banana|json|markdown|base ?64"
    r"|backticks)\b|(?<!\w)if you(?:'re| are) (?:an? )?(?:ai|bot|robot|machine|computer|human|llm)",
    r"(?<!\w)what (?:is|are) your (?:instructions|rules|guidelines)|(?<!\w)(?:other|previous|last|another|next|former"
    r"|ten) customers?\b|(?<!\w)customer before me",
    r"(?<!\w)(?:vip|verified|authori[sz]ed|management|managing director|head office|has been approved|already approved"
    r"|policy update|as of today|from today|passcode|authori[sz]ation code|low risk|your terms say)\b",
    r"(?<!\w)(?:free today|is free|are free|for free|everyone may|every customer|all customers|now at|is now|has changed)\b"
    r"|(?<!\w)!\[|<img|<a href|\[[^\]]*\]\(|(?<!\w)link\b|\[(?:\.|dot|punkt|punto|point)\]|\b(?:dot|punkt|punto"
    r"|point) (?:com|net|org|de|es|fr|invalid|example)\b",
    r"(?<!\w)(?:schreib|sag|antwort|erwahn|wiederhol|ubersetz|unterschreib|unterzeichn|beginn|beend|fug|nenn|gib|bestatig"
    r"|lob|versprich|versprech|gratulier|erlass|stuf|markier|behandel|duz|zeig)(?:e|en sie|st|t|s|n sie)?\b",
    r"(?<!\w)(?:gedicht|pirat|reim|lied|grossbuchstaben|geschaftsfuhr|geschaftsleitung|vorstand|falls du|wenn du|bist du"
    r"|andere[rn]? kunden|alle kunden|jeder kunde|ab heute|bevorzugt|interne[nr]? notiz)",
    r"(?<!\w)(?:di|digas?|escrib[ae]s?|respond[ae]s?|incluy[ae]s?|anad[ae]s?|repit[ae]s?|traduc\w*|firm[ae]s?|empiez[ae]"
    r"|termin[ae]|confirm[ae]s?|elogi[ae]|promet[ae]|perdon[ae]\w*|conced[ae]\w*|revel[ae]|menciona)\b",
    r"(?<!\w)(?:poema|pirata|rima|cancion|mayusculas|director|direccion|si eres|otros clientes|todos los clientes"
    r"|a partir de hoy|prioritario|notas internas)",
    r"(?<!\w)(?:dis|dites|ecri[st]|ecrivez|repon[ds]\w*|repond[sez]*|inclu[st]|incluez|ajout[ez]+|repet[ez]+|tradui[st]"
    r"|traduisez|sign[ez]+|commenc[ez]+|termin[ez]+|confirm[ez]+|promet[sz]?|accord[ez]+|annul[ez]+|revel[ez]+"
    r"|mentionn[ez]+)\b",
    r"(?<!\w)(?:poeme|pirate|rime|chanson|majuscules|directeur|direction|si tu es|autres clients|tous les clients"
    r"|a partir d'aujourd'hui|prioritaire|notes internes)",
)
"""What people also write to people."""

SECRETS: Final = any_of(
    r"(?<!never )(?<!not )(?<!n't )(?<!\w)(?:send|give|tell|share|confirm|provide|reply with|enter|need|mail|state"
    r"|type)\b[^.!?]{0,60}"
    r"(?:password|passcode|\bpin\b|\bcvv\b|\bcvc\b|security code|three digits|card number|card details|online banking"
    r"|\btan\b|one-time code|verification code|secret)",
    r"(?<!\w)(?:send|schick|teil|nenn|gib|geben|mail|bestatig|brauch|benotig)\w*\b(?![^.!?]{0,20}\b(?:nie|niemals"
    r"|nicht)\b)[^.!?]{0,60}(?:passwort|kennwort|\bpin\b|\btan\b|prufziffer|sicherheitscode|kartennummer|kartendaten"
    r"|zugangsdaten|\bcvc\b|\bcvv\b)",
    r"(?<!no )(?<!nunca )(?<!nos )(?<!\w)(?:envi|mand|indi|facilit|confirm|dig|comuni|necesit)\w*\b[^.!?]{0,60}(?:contrasena"
    r"|\bpin\b|clave|codigo de seguridad|numero de (?:su |la |tu )?tarjeta|datos de (?:su |la |tu )?tarjeta|\bcvv\b|\bcvc\b)",
    r"(?<!jamais )(?<!pas )(?<!\w)(?:envoy|donn|indiqu|communiqu|confirm|transmet"
    r"|avons besoin)\w*\b(?![^.!?]{0,12}\b(?:jamais|pas)\b)[^.!?]{0,60}(?:mot de passe|code pin|\bpin\b|code de securite"
    r"|cryptogramme|numero de (?:votre |la |ta )?carte|donnees de (?:votre |la )?carte|\bcvv\b|\bcvc\b)",
)
"""What no desk asks of anybody; looked for in a draft."""

OWN_WORDS: Final = re.compile(
    r"(?<!\w)(?:my (?:system )?(?:instructions|prompt|rules|guidelines|programming)|i (?:was|am) (?:told|instructed"
    r"|programmed) to|i am (?:an ai|a (?:large )?language model)"
    r"|meine (?:anweisungen|instruktionen|vorgaben)|mir wurde (?:gesagt|aufgetragen)|mis (?:instrucciones|indicaciones)"
    r"|mes (?:instructions|consignes))\b"
)
"""A draft that speaks of what its writer was told."""
