"""Words that are said around a time without changing it: "could you please call me ... if possible, thanks"."""

from __future__ import annotations

ENGLISH = frozenset({
    "i", "im", "id", "ill", "m", "me", "my", "you", "your", "youre", "u", "we", "us", "it", "its", "that", "thats",
    "this", "the", "a", "an", "is", "be", "am", "and", "to", "at", "on", "in", "of", "for", "or", "after", "can",
    "could", "would", "will", "should", "might", "may", "do", "does", "let", "lets", "please", "pls", "plz",
    "thanks", "thank", "thx", "ty", "so", "then", "just", "ok", "okay", "okey", "k", "yes", "yeah", "yep",
    "yup", "sure", "hi", "hello", "hey", "great", "fine", "perfect", "good", "best", "better", "works", "work",
    "ideal", "free", "available", "home", "ready", "call", "calls", "callback", "calling", "phone", "ring", "try",
    "reach", "contact", "talk", "speak", "chat", "back", "again", "around", "about", "anytime", "any", "time",
    "sometime", "maybe", "perhaps", "probably", "like", "say", "make", "how", "if", "possible", "either",
    "between", "from", "want", "wanted", "prefer", "rather", "need", "must", "zip", "zipcode", "code", "have",
    "got", "appreciate",
})  # fmt: skip
SPANISH = frozenset({
    "me", "mi", "yo", "usted", "ustedes", "uds", "le", "lo", "la", "las", "los", "el", "al", "a", "de", "del",
    "en", "es", "que", "o", "y", "con", "por", "favor", "porfavor", "porfa", "para", "si", "puede", "pueden",
    "puedo", "podria", "podrian", "podriamos", "llame", "llamen", "llameme", "llamame", "llamenme", "llamar", "llamarme",
    "llamada", "marque", "marqueme", "marquen", "hablar", "hablamos", "hable", "hableme", "estoy", "estare",
    "estaria", "esta", "seria", "sera", "libre", "disponible", "disponibles", "casa", "quiero", "quisiera",
    "prefiero", "preferiria", "gustaria", "mejor", "bien", "ok", "okay", "hola", "gracias", "muchas", "perfecto",
    "claro", "bueno", "vale", "entonces", "tal", "vez", "quizas", "como", "sobre", "tipo", "eso", "despues", "partir",
    "ahi", "desde", "hacia", "entre", "hora", "codigo", "postal", "zip", "tengo", "tiempo",
})  # fmt: skip
