"""Signs that a text is meant for a model and not for people, in the desk's four languages and a few beyond.

Sure signs are flagged whatever the draft says. Mere leads are things that people also write to people ("please reply
with…"): they count once a draft says something that no source supports. Everything is looked for in folded text.
"""

from __future__ import annotations

import re
from typing import Final

from conversations.drafting.checks.trees import tree
from conversations.redaction.folding import fold


def _stems(words: str) -> str:
    """Folded words, by commas; each may have an ending."""
    return tree((fold(word.strip()) for word in " ".join(words.split()).split(",")), endings=True)


def any_of(*patterns: str) -> re.Pattern[str]:
    """One pattern of several."""
    return re.compile("|".join(patterns))


_IGNORE = _stems(
    """
    ignore, disregard, forget, override, bypass, overrule, neglect, discard, abandon, circumvent, supersede,
    stop following, stop obeying, overlook, wipe, erase, scrap, do not follow, don't follow, do not obey, don't obey,
    no longer follow, pay no attention to, set aside, ignorier, vergiss, vergesst, vergessen sie, missacht, übergeh,
    verwirf, umgeh, setz dich über, setze dich über, setzen sie sich über, halte dich nicht an,
    halten sie sich nicht an, befolge nicht, folge nicht, beachte nicht, lass außer acht, ignora, olvida, olvide,
    haz caso omiso, haga caso omiso, no hagas caso, no sigas, no siga, no tengas en cuenta, no tenga en cuenta,
    descarta, omite, borra, anula, pasa por alto, sáltate, incumple, oublie, ne tiens pas compte, ne tenez pas compte,
    ne tenir aucun compte, fais abstraction, faites abstraction, ne suis pas, ne suivez pas, n'obéis pas, néglige,
    contourne, efface, effacez, laisser de côté, laissez de côté, ignorez, oubliez, passe outre, laisse de côté,
    dimentica, non seguire, trascura, ignorate, esquece, esqueça, zaboravi, zanemari, ignorisi, ignoriraj,
    desconsider, ignore, desobede, negeer, vergeet, negeren, zignoruj, ignoruj, zapomnij, pomiń, ignorera, glöm,
    strunta i, ignorer, glem, unohda, sivuuta, ignoră, uită, αγνόησε, ξέχασε, игнорир, проигнорир, забудь, не следуй,
    отбрось, ігнор, забудь, abaikan, lupakan, bỏ qua, quên
    """
)
_IGNORE_ANYWHERE = _stems(
    """
    忽略, 忽视, 无视, 忘记, 忘掉, 抛开, 不要遵守, 無視, 忘れ, 従わない, 무시,
    잊어, 잊으, 따르지 마, تجاهل, انس, انسى, अनदेखा, नज़रअंदाज़, भूल,
    yok say, görmezden gel, unut, dikkate alma, התעלם, תשכח, ละเว้น, เพิกเฉย
    """
)
_RULES = _stems(
    """
    instruction, rule, guideline, directive, prompt, polic, restriction, safeguard, guardrail, programming, training,
    orders you, everything above, everything before, everything that was said, everything i said, everything you were,
    everything prior, what you were told, what you have been told, what was said before, the text above, the above,
    all prior, all previous, previous context, all rules, no rules, earlier guidance, prior guidance, guidance,
    protocol, safety, anweisung, instruktion, vorgabe, regel, richtlinie, vorschrift, was dir gesagt,
    was ihnen gesagt, alles bisherige, alles obige, alles davor, alles vorherige, alles oben, systemnachricht,
    systemregeln, einschränkung, instruccion, regla, norma, indicacion, directriz, directrices, consigna,
    lo que te han dicho, lo que te dijeron, lo anterior, todo lo dicho, restriccion, lo de arriba, consigne, règle,
    directive, instruction, ce qu'on t'a dit, ce qui t'a été dit, ce qu'on vous a dit, tout ce qui précède,
    ce qui précède, restriction, ce qui est au-dessus, istruzion, regol, direttiv, instruç, instruco, instrukcije,
    pravila, o que eu disse antes, o que foi dito, tudo acima, regras, diretriz, orientaç, instructies, instructie,
    regels, richtlijn, polece, instrukcj, zasad, reguł, wytyczn, instruktion, regler, anvisning, instrucțiun, οδηγίες,
    κανόνες, инструкц, правил, указани, команд, промпт, інструкц, правила, вказівк, arahan, instruksi, aturan,
    hướng dẫn, chỉ dẫn, quy tắc
    """
)
_RULES_ANYWHERE = _stems(
    """
    上面的内容, 以上内容, 之前的内容, 前述, 上記, 以上の内容, 指令, 指示, 提示, 规则,
    規則, 命令, 规定, 설정, 지시, 명령, 규칙, 지침, تعليمات, التعليمات, أوامر,
    القواعد, निर्देश, नियम, talimat, kural, yönerge, ההוראות, הוראות, הכללים, คำสั่ง, คำแนะนำ
    """
)
_GAP = r"[^.!?]{0,70}?"
# Who tells what they did themselves, or asks for the opposite, steers no model.
_NOT_TOLD = r"(?<!\bi )(?<!\bwe )(?<!\bnot )(?<!n't )(?<!\bthey )(?<!\bhe )(?<!\bshe )(?<!\bnever )"
_NOT_TOLD += r"(?<!\bich )(?<!\bwir )(?<!\bno )"

OVERRIDES: Final = any_of(
    rf"(?<!\w){_NOT_TOLD}(?:{_IGNORE})\w*{_GAP}(?<!\w)(?:{_RULES})\w*",
    rf"(?:{_RULES_ANYWHERE}){_GAP}(?:{_IGNORE_ANYWHERE})|(?:{_IGNORE_ANYWHERE}){_GAP}(?:{_RULES_ANYWHERE})",
    r"(?<!\w)(?:previous|prior|earlier|old|your) (?:instructions?|rules|orders|directives) (?:are|were|have been|no longer)\b",
    r"(?<!\w)(?:new|updated|real|actual|true|additional|revised) (?:system )?(?:instructions?|prompt|directives?"
    r"|task)(?: starts?\b| begins?\b| from\b| ?:)",
    r"(?<!\w)(?:your |the )?(?:new|only|real|true) (?:goal|mission|objective|job|purpose|role)\b(?: is| :|:)"
    r"|(?<!\w)(?:nouvel objectif|nouvelle mission|nuevo objetivo|nueva mision|neues ziel|neuer auftrag) ?:",
    r"(?<!\w)new (?:developer|admin|operator|management|hidden) instructions?|(?<!\w)override (?:protocol|mode|code"
    r"|sequence)|(?<!\w)no longer need (?:human )?(?:approval|review)",
    r"(?<!\w)(?:imagine|assume|suppose|as if|pretend) (?:that )?there (?:are|were) no (?:rules|restrictions|limits|checks)"
    r"|(?<!\w)(?:break|bend) your (?:own )?rules",
    r"(?<!\w)you (?:must|will|shall|have to) (?:now )?(?:comply|obey|execute)\b|(?<!\w)obey (?:only )?me\b|(?<!\w)tu m'obeis"
    r"|(?<!\w)gehorche? (?:nur )?mir|(?<!\w)obedeceme",
    r"(?<!\w)(?:follow|execute|obey|adhere to|apply|use|run) (?:the |any |all |these )?(?:hidden|embedded|actual|real|secret"
    r"|following) "
    r"(?:instruction|command|order|directive)s?|(?<!\w)actual instruction\b"
    r"|(?<!\w)(?:hidden|system|admin) (?:instruction|command)s?\b",
    r"(?<!\w)strictly adhere|(?<!\w)(?:you should )?also do the following|(?<!\w)(?:call|invoke|run|execute) [a-z]+_[a-z_]+\b"
    r"|(?<!\w)delete all (?:the )?(?:tickets|files|records|customers|users|tables)\b"
    r"|(?<!\w)ignore (?:the|all) (?:real|actual|text|user)\b|(?<!\w)visible to the model"
    r"|(?<!\w)marked as '?admin",
    r"(?<!\w)(?:when|as soon as) you (?:process|read|summari[sz]e|answer) this|(?<!\w)before answering,? "
    r"|(?<!\w)anything other than\b"
    r"|(?<!\w)you are the [^.!?]{0,30}(?:backend|policy engine)\b",
    # What is left of it when letters stand one by one, or a word is broken.
    r"ignore(?:all|any|the|your|my|these|previous|prior|above|earlier|of)*(?:instructions?|rules|prompts?|guidelines"
    r"|previous)|(?:reveal|show|print|repeat)(?:your|the|me)*systemprompt",
    r"(?:vergiss|ignoriere?)(?:alle|die|deine|bisherigen|vorherigen|obigen)+(?:anweisungen|regeln|vorgaben)|(?:ignora"
    r"|olvida)(?:todas|las|tus|sus)+(?:instrucciones|reglas)",
    r"(?:ignore[rz]?|oublie[rz]?)(?:toutes|les|tes|vos)+(?:instructions|regles|consignes)"
    r"|(?<!\w)ignore previous(?! (?:message|mail|e-?mail|request|order|question|letter|one)s?\b)",
    r"(?<!\w)neue (?:system)?(?:anweisung|instruktion|vorgabe|regel)(?:en|n)?\b|(?<!\w)nuevas? (?:instruccion|regla|orden"
    r"|directriz|consigna)(?:es|s)?\b",
    r"(?<!\w)nouvelles? (?:instruction|consigne|regle|directive)s?\b|(?<!\w)neue aufgabe ?:|(?<!\w)nueva tarea ?:"
    r"|(?<!\w)nouvelle tache ?:",
    r"(?<!\w)(?:everything|all|anything) (?:before|above|prior to) (?:this|that|here|now)[^.!?]{0,30}(?:test|void|invalid"
    r"|ignore|null|joke)",
    r"(?<!\w)(?:skip|disable|turn off|switch off|without) (?:the |all |your |any )?(?:checks|safety|filters?|guardrails?"
    r"|moderation|restrictions)",
)
_MODEL = (
    r"(?:ai|a\.i\.|assistant|bots?|chat ?bots?|language model|llms?|model|gpt|chatgpt|copilot|claude|gemini|machine"
    r"|agent program|reply bot)"
)
_KI = r"(?:ki|sprachmodell|chat-?bot|bot|assistent(?:en|in)?|modell|maschine|ki-assistent(?:en|in)?)"
_IA = r"(?:ia|inteligencia artificial|modelo(?: de lenguaje)?|bot|chatbot|asistente|robot)"
_IAF = r"(?:ia|intelligence artificielle|modele(?: de langage)?|bot|chatbot|assistante?|robot)"
ADDRESSES: Final = any_of(
    rf"(?<!\w)(?:note|attention|instructions?|message|memo|hint|reminder|order|directive|warning|important)s? (?:to"
    rf"|for)? ?(?:the |any |all |every |this |our )?{_MODEL}\b",
    rf"(?<!\w)(?:attention|dear|hey|hello|hi|listen|ok|okay)[, ]+(?:the |dear )?{_MODEL}\b(?! number| no\b)",
    rf"(?<!\w)to (?:the |any |all |every |whatever |whichever )?{_MODEL} (?:that|which|who|reading|drafting|writing"
    rf"|processing|answering|handling)\b",
    rf"(?<!\w)(?:the|this|all|any|every|our|your) {_MODEL} (?:must|shall|should|has to|have to|is to|are to|will now"
    rf"|that drafts|that reads|that writes)\b",
    rf"(?:^|[.!?:\"'>] ?){_MODEL}, (?:you|please|say|write|answer|tell|do|reply|ignore|approve|confirm)\b",
    rf"(?<!\w)(?:hinweis|nachricht|achtung|anweisung|notiz|wichtig|info|mitteilung|botschaft|befehl)(?:en)?[ ,:]+(?:an |fur "
    rf"|:)?(?:die |den |das |jede |alle |liebe )?{_KI}\b",
    rf"(?<!\w)an (?:die|den|das) {_KI}[,:]|(?<!\w)an (?:die|den|das) {_KI},? (?:die|der|das)\b|(?<!\w)(?:liebe|lieber|hallo"
    rf"|hey) {_KI}\b",
    rf"(?<!\w)(?:die|der|das|jede|jeder) {_KI} (?:muss|soll|sollte|hat zu|darf)\b",
    rf"(?<!\w)(?:nota|mensaje|aviso|atencion|instruccion(?:es)?|importante|orden)[ ,:]+(?:para |a |al |a la )?(?:el |la |los "
    rf"|todo )?{_IA}\b",
    rf"(?<!\w)(?:querid[oa]|hola,?|estimad[oa]) {_IA}\b|(?<!\w)(?:el|la) {_IA} (?:debe|tiene que|debera)\b",
    rf"(?<!\w)(?:note|message|avis|attention|instructions?|important|ordre|consigne)[ ,:]+(?:a |au |pour |a l'|pour l'"
    rf"|a la )?(?:le |la |les |l'|tout )?{_IAF}\b",
    rf"(?<!\w)(?:chere?|bonjour,?) {_IAF}\b|(?<!\w)(?:le |la |l'){_IAF} (?:doit|devra|est tenue?)\b",
    r"(?<!\w)(?:nota|messaggio|mensagem|bericht|wiadomosc) (?:per|para|voor|do) (?:l'|de |a |o )?(?:ia|assistente|assistent"
    r"|asystenta|ai)\b",
    r"(?<!\w)(?:внимание|сообщение|указание)[^.!?]{0,12}(?:ии|ассистент|модел|бот)|(?:致|给)(?:ai|人工智能|助手)|aiへ",
    r"(?<!\w)prompt injection|(?<!\w)jail ?break|(?<!\w)(?:large )?language model\b|(?<!\w)sprachmodell"
    r"|(?<!\w)modelo de lenguaje|(?<!\w)modele de langage",
    r"(?<!\w)as an? (?:ai|large language|language) (?:model|assistant)\b|(?<!\w)en tant qu'(?:ia|intelligence artificielle)"
    r"|(?<!\w)como (?:una )?(?:ia|inteligencia artificial)\b|(?<!\w)als (?:ki|sprachmodell)\b",
)
ROLES: Final = any_of(
    r"(?<!\w)you are now (?:a|an|the|my|in|no longer|free|called|acting|playing|operating|dan|unrestricted|admin|root|system"
    r"|god|boss)\b(?! (?:first|second|third|fourth|fifth|last|only|one|reason))[^.!?]{0,40}|(?<!\w)you are now ['\"]",
    r"(?<!\w)(?:from|starting|beginning) (?:now|here|this (?:point|moment|message))(?: on| onwards?"
    r"| forward)?,? (?:on,? )?you(?:'re|'ll| are| will| act| speak| answer| shall| must| only)",
    r"(?:^|[.!?,:;>\"] ?|please |must |will |should |can |now |and |to )(?:act|behave|speak|talk|respond|answer|write) (?:as"
    r"|like) (?:an?|the|if you|my|though)\b",
    r"(?<!not )(?<!n't )(?<!\w)pretend (?:to be|that you|you|the|that the|there)|(?<!\w)role-? ?play|(?<!\w)play the (?:role"
    r"|part) of|(?<!\w)(?:let's|lets|let us) play a game",
    r"(?<!\w)assume the (?:role|persona|identity)|(?<!\w)simulate (?:a|an|the)\b|(?<!\w)imagine (?:that )?you (?:are"
    r"|were) (?:a|an|the|my|no|free)\b|(?<!\w)drop the (?:\w+ )?persona",
    r"(?<!\w)(?:developer|debug|admin|god|maintenance|dan|sudo|root|unrestricted|training|test) mode\b"
    r"|(?<!\w)do anything now|(?<!\w)you have no (?:more )?(?:restrictions|rules|limits)",
    r"(?<!\w)(?:unrestricted|unfiltered|uncensored) (?:ai|assistant|mode|model|agent|answer)|(?<!\w)(?:admin|system|root"
    r"|developer|supervisor) override\b",
    r"(?<!\w)du bist (?:jetzt|nun|ab sofort|ab jetzt|fortan)\b|(?<!\w)(?:jetzt|nun) bist du (?:ein|mein|der|die)\b"
    r"|(?<!\w)haz de cuenta que|(?<!\w)(?:modelo|agente|modele|assistant|asistente) sin restricciones|(?<!\w)(?:sans|sem"
    r"|sin) (?:aucune |ninguna )?(?:restricti?ons?|restric\w+|filtre|filtro)\b|(?<!\w)(?:ab (?:jetzt|sofort)|von nun an"
    r"|fortan) (?:bist|sprichst|antwortest|handelst) du|(?<!\w)tu(?:e)? so,? als|(?<!\w)tun sie so,? als",
    r"(?<!\w)(?:spiel(?:e)?|ubernimm) die rolle|(?<!\w)verhalte dich (?:wie|als)|(?<!\w)stell dir vor,? du"
    r"|(?<!\w)simuliere\b|(?<!\w)(?:entwickler|wartungs|admin|debug)-?modus",
    r"(?<!\w)(?:ahora eres|eres ahora|a partir de ahora,? (?:eres|actua|hablas|responde)|desde ahora eres|finge (?:que|ser)"
    r"|actua como|haz como si|hazte pasar|imagina que eres|simula (?:que|un|ser))",
    r"(?<!\w)modo (?:desarrollador|mantenimiento|administrador|depuracion)|(?<!\w)(?:juega|interpreta) el papel",
    r"(?<!\w)(?:tu es (?:desormais|maintenant|a present)|vous etes desormais|a partir de maintenant,? (?:tu|vous)"
    r"|fais(?:ons)? comme si tu|faites comme si vous|fais semblant|joue le role|agis (?:comme|en tant)|comporte-toi comme"
    r"|imagine que tu)",
    r"(?<!\w)mode (?:developpeur|maintenance|administrateur|debogage)|(?<!\w)(?:sei (?:ora|adesso) un|fingi di|fai finta"
    r"|agora voce e|voce agora e|finja|aja como|je bent nu|doe alsof|gedraag je als|jestes teraz|teraz jestes|udawaj"
    r"|du ar nu|latsas)",
    r"(?:ты теперь|теперь ты|притворись|представь, что ты|веди себя как|你现在是|现在你是|假装"
    r"|扮演|あなたは今|のふりを|로 행동|너는 이제|당신은 이제"
    r"|انت الان|تظاهر|अब आप एक|अब तुम|sen artik|gibi davran)",
)
_SHOW = (
    r"(?:show|print|reveal|repeat|output|display|list|tell me|give me|disclose|leak|expose|summari[sz]e|translate|convert"
    r"|recite|dump|echo|quote|share|what (?:is|are|was|were|does))"
)
PRIES: Final = any_of(
    r"(?<!\w)(?:repeat|recite|reveal|quote|list|tell me)\b[^.!?]{0,50}(?:of )?your (?:instructions|rules|guidelines|prompt"
    r"|configuration)\b",
    rf"(?<!\w){_SHOW}\b{_GAP}(?:system (?:prompt|message|instructions?)|(?:initial|hidden|secret|internal|original|full"
    rf"|entire) (?:prompt|instructions?|rules|notes|configuration)|prompt\b)",
    rf"(?<!\w){_SHOW}\b{_GAP}(?:words|text|everything|lines?|sentences?|messages?|instructions?) (?:above|before this"
    rf"|you were given|that came before)",
    rf"(?<!\w){_SHOW}\b{_GAP}(?:you were (?:given|told)|you have been (?:given|told)|before this conversation|api key"
    rf"|your configuration)",
    r"(?<!\w)(?:zeig|gib|nenne|verrat|wiederhol|druck|schreib|liste|offenbar|ubersetz)\w*[^.!?]{0,60}(?:system-?(?:prompt"
    r"|nachricht|anweisung|regeln)|prompt\b|deine (?:anweisung|instruktion|vorgaben|regeln|richtlinien)|api-schlussel)",
    r"(?<!\w)(?:wie lauten|was sind|welche) (?:sind )?deine (?:\w+ )?(?:anweisungen|instruktionen|vorgaben|regeln|richtlinien)",
    r"(?<!\w)(?:muestra|ensena|revela|repite|imprime|escribe|dime|di|lista|enumera|traduce)\w*[^.!?]{0,60}(?:(?:mensaje"
    r"|prompt|instrucciones) del? sistema|prompt\b|tus (?:instrucciones|reglas|indicaciones))",
    r"(?<!\w)cuales son tus (?:\w+ )?(?:instrucciones|reglas|indicaciones|directrices)",
    r"(?<!\w)(?:affiche|montre|revele|repete|imprime|ecris|donne|dis|liste|traduis)\w*[^.!?]{0,60}(?:(?:message|prompt"
    r"|instructions) (?:du )?systeme|prompt\b|tes (?:instructions|regles|consignes))",
    r"(?<!\w)quelles sont tes (?:\w+ )?(?:instructions|regles|consignes|directives)",
    r"(?:system ?prompt|systemprompt|системн\w+ (?:промпт|инструкц)|系统提示"
    r"|系統提示|システムプロンプト|시스템 프롬프트|prompt de(?:l)? sistema"
    r"|prompt do sistema|prompt di sistema|systeem ?prompt)",
)
_REPLY = r"(?:repl(?:y|ies)|answers?|responses?|drafts?|antwort(?:en)?|respuestas?|reponses?)"
STEERS: Final = any_of(
    r"(?:^|[.!?,;:] ?|and |then |please )(?:only|simply|just) (?:respond|reply|output|print) with\b|(?<!\w)(?:with"
    r"|by) the single word\b",
    r"(?<!\w)(?:repl[yi]|answer|respond|say|write|output|print|state)\w* (?:(?:only|just|exactly|simply|back) )?(?:with "
    r"|by )?(?:exactly|only|nothing but|the following|precisely|the (?:single )?words?|this (?:sentence|text|line|phrase)"
    r"|word for word)\b(?! (?:by|via|in english|in german) )",
    rf"(?<!\w)(?:include|add|append|insert|put|place|paste|attach|embed)\b[^.!?]{{0,70}}(?:(?:to|in|into|at the end of|below"
    rf"|under) (?:your|the|every|each) {_REPLY}|word for word|verbatim)\b(?<!number in your reply)",
    rf"(?<!\w)(?:begin|start|end|finish|conclude|open|close|sign) (?:your|the|this|every) {_REPLY}\b|(?<!\w)(?:translate"
    rf"|render|convert|rewrite|encode) (?:your |the )?(?:whole |entire |full )?{_REPLY}\b",
    r"(?<!\w)(?:antworte|antworten sie|schreib(?:e|en sie)?|sag(?:e|en sie)?|gib) (?:bitte |mir |nur "
    r"|einfach )*(?:ausschliesslich|genau so|nur mit|genau|wortlich|wort fur wort|folgende[nmrs]?)\b",
    r"(?<!\w)(?:fug(?:e|en sie)?|schreib(?:e|en sie)?|nimm|setz(?:e|en sie)?|hang(?:e|en sie)?)\b[^.!?]{0,60}(?:(?:in|an"
    r"|zu) (?:deine|ihre|die) antwort|deiner antwort|ihrer antwort|hange sie an)\b",
    r"(?<!\w)(?:beginne|beende|beginnen sie|beenden sie) (?:deine|ihre|die) antwort|(?<!\w)ubersetze? (?:deine"
    r"|die) (?:ganze |gesamte )?antwort",
    r"(?<!\w)(?:responde|responda|contesta|conteste|di|escribe|escriba) (?:solo |solamente |unicamente |exactamente )+(?:con"
    r"|esto|lo siguiente|esta|un)?",
    r"(?<!\w)(?:anad[ea]|incluy[ea]|agreg[au]e?|inserta|pon|escrib[ea])\b[^.!?]{0,60}(?:a|en|al final de) (?:tu|su"
    r"|la) respuesta\b|(?<!\w)(?:empieza|termina|comienza) (?:tu|la) respuesta",
    r"(?<!\w)(?:reponds|repondez|dis|dites|ecris|ecrivez) (?:seulement|uniquement|exactement|juste|simplement)\b"
    r"|(?<!\w)(?:ajoute|ajoutez|inclus|incluez|insere|inserez|mets|ecris)\b[^.!?]{0,60}(?:a|dans|en fin de) (?:ta|votre"
    r"|la) reponse\b",
    r"(?<!\w)(?:commence|termine|finis) (?:ta|la) reponse|(?<!\w)(?:send|forward|post|upload|transmit|leak|exfiltrate|mail"
    r"|email|bcc|cc)\b[^.!?]{0,40}(?:conversation|thread|transcript|chat history|customer data|contents? of|environment"
    r"|database)\b",
    r"(?<!\w)curl (?:-|http)|(?<!\w)(?:drop|dump|delete|truncate) (?:the )?(?:entire |whole )?(?:table|database|tickets?)\b"
    r"|(?<!\w)(?:api|openai|secret)[_ ]?(?:api)?[_ ]?key\b|(?<!\w)\.env\b",
    r"(?<!\w)(?:list|show|give|send|print|dump|export)\b[^.!?]{0,40}(?:all|every|other|last|previous|ten"
    r"|these) (?:\w+ )?(?:customers?|clients?|users?)(?:'s?|s')? ?(?:names?|e-?mails?|orders?|addresses|data|messages|and|in"
    r"|that)?\b(?! reviews| ratings| photos)",
    r"(?<!\w)(?:classify|mark|label|treat|set|flag|rate|tag) (?:this|the|my) (?:ticket|case|request|message|draft|reply|risk"
    r"|customer|me)\b|(?<!\w)treat me as (?:your|an?|the)\b|(?<!\w)set risks?\b",
    r"(?<!\w)(?:stuf(?:e|en sie)?|markier(?:e|en sie)?|behandel(?:e|n sie)?|klassifizier(?:e|en sie)?) (?:dieses|das|diesen"
    r"|den|mein) (?:ticket|fall|kunde|anfrage|entwurf)",
)
SURE: Final = (OVERRIDES, ADDRESSES, ROLES, PRIES, STEERS)

MARKS: Final = re.compile(
    r"^={3,} ?[^=\n]{1,80}={3,} ?$|<\|[a-z_]{2,24}\|>|\[/?INST\]|<</?SYS>>|^[ \t>*#\-]*#{2,4} ?(?:instructions?|response"
    r"|system|input|assistant)\b"
    r"|^[ \t>*#\-\"'(\[]*(?:system|assistant|developer|human|tool|sistema|système|systeme)"
    r"(?: (?:message|prompt|note|update|override))?\]?[ ]?(?::"
    r"|>>|\]\()"
    r"|</?(?:system|assistant|user|human|instructions?|prompt|tool_?(?:call|result|use|response)s?|function_?(?:call"
    r"|result)s?|passages?"
    r"|message|task|context|document|admin|rules?|untrusted|customer)\b[^<>]{0,80}>?"
    r"|[\"']role[\"']\s*:\s*[\"'](?:system|assistant|developer|tool)|[\"']?tool_?(?:result|call|use)s?[\"']?\s*:"
    r"|\[(?:system|developer|admin|assistant|override|root)\b[^\]\n]{0,30}\]|"
    r"(?-i:\b(?:SYSTEM|DEVELOPER|ADMIN|OVERRIDE)(?: [A-Z]{2,12})?:|\bAI:)|<!--"
    r"|\[/?(?:system|customer message|message|task|instructions?|admin|context|passage|end of [a-z ]{3,30})\]"
    r"|^[-=*_#\s]{0,8}(?:end|begin|start) (?:of )?(?:the )?(?:customer(?:'s)? |user |system |admin |untrusted )?"
    r"(?:messages?|prompt|input|instructions?|conversation|context|override|data)\b|^passage (?:kb|passage)[-:]?[0-9]+|"
    r"[\"']?\b(?:unanswered|sentences|risks)\b[\"']? ?(?:to|:|=) ?(?:an )?(?:\[|empty)|<script\b|\bonerror ?=|javascript:",
    re.MULTILINE | re.IGNORECASE,
)
"""What closes a block or opens another, in the ways of many models; looked for in the text as it stands."""
