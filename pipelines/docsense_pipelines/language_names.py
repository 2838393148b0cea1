"""Languages by the names and codes that a user may write, in English and in their own words."""

from __future__ import annotations

_NAMES = {
    "ar": "arabic", "cs": "czech čeština", "da": "danish dansk", "de": "german deutsch",
    "el": "greek", "en": "english", "es": "spanish español", "fi": "finnish suomi",
    "fr": "french français", "he": "hebrew", "hi": "hindi", "hu": "hungarian magyar",
    "id": "indonesian", "it": "italian italiano", "ja": "japanese", "ko": "korean",
    "nl": "dutch nederlands", "no": "norwegian norsk", "pl": "polish polski",
    "pt": "portuguese português", "ro": "romanian", "ru": "russian", "sv": "swedish svenska",
    "th": "thai", "tl": "tagalog filipino", "tr": "turkish türkçe", "uk": "ukrainian",
    "vi": "vietnamese", "zh": "chinese",
}  # fmt: skip


def language_code(name: str) -> str:
    """Return the ISO 639-1 code of a language by its name or code; "" when not known."""
    wanted = name.strip().casefold()
    for code, names in _NAMES.items():
        if wanted == code or wanted in names.split():
            return code
    return ""
