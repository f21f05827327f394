"""Words of an emergency, as frightened people type them, whatever the channel. Pure.

Better one alarm too many: whoever writes of a bleeding that is over is told the emergency number once and may go on;
whoever is bleeding must not get a menu. So nothing here looks for a negation.

Anybody may send any text: no pattern has two runs of signs side by side, which a row of exclamation marks would keep
busy for minutes.
"""

from __future__ import annotations

import re

_NOT = r"(?:tidak|tdk|tak|gak|ga|gk|ngga|nggak|enggak|ndak|indak|ora|teu|henteu|can'?t|cannot|can not|not|no)"
_SOMEBODY = (
    r"anak|bayi|ibu|bapak|bpk|suami|istri|saya|sy|aku|pasien|nenek|kakek|mama|papa|ayah|bunda|adik|"
    r"kakak|ortu|mertua"
)
_BREATHE = r"(?:ber)?na[fp]as|angok|ambekan|breath\w*"
_PATTERNS = (
    # bleeding
    r"p[ea]?n?r?da(?:rah|har)\w*|bleed\w*|haemorrhag\w*|hemorrhag\w*|badarah|getihan|ngetih",
    r"(?<!bercak )(?<!noda )(?<!bekas )darah\w*\W+(?:(?!(?:di)?ambil|sampel)\w+\W+){0,2}"
    r"(?:ngucur|mengucur|ngalir|mengalir|deras|banyak|keluar terus)",
    r"keluar\W+(?:(?:lendir|banyak|campur|bercampur)\W+){0,2}darah",
    rf"darah\w*\W+(?:\w+\W+)?{_NOT}\W+(?:mau\W+)?(?:berhenti|brenti|henti|stop)",
    r"muntah\W+darah|batuk\W+darah|vomiting\W+blood",
    # unconscious
    r"pingsan|semaput|kapiuhan|unconscious|passed out|fainted|collapsed|koma\b",
    rf"{_NOT}\W+(?:sadar|sadarkan|bangun2|bangun bangun|merespon\w*|responsive|responding)",
    r"hilang\W+kesadaran|kehilangan\W+kesadaran|lost consciousness",
    # taking one's own life
    r"bunuh\W+diri|bundir\b|suicid\w*|kill(?:ing)?\W+myself|end(?:ing)?\W+my\W+life|gantung\W+diri",
    r"(?:mau|ingin|pengen|pingin|pgn|want to|wanna)\W+(?:mati|die)\b(?!\W+(?:lampu|listrik|gaya|kutu))",
    r"minum\W+racun|akhiri\W+hidup|mengakhiri\W+hidup|potong\W+nadi|self\W?harm",
    # breathing
    rf"(?:sesa[kg]|susah|sulit|sasak|seseg|berat|engap)\W+(?:{_BREATHE})",
    rf"(?:{_SOMEBODY})\w*\W+(?:(?:saya|sy|aku|kami|lg|lagi|tiba2|tiba tiba)\W+)?(?:ses[ae][kg])\b",
    rf"{_NOT}\W+(?:(?:bisa|biso|bs|iso|tiasa)\W*)?(?:{_BREATHE})",
    r"henti\W+(?:na[fp]as|jantung)|tersedak|kesel?ek|chok(?:ed|ing)\b|tenggelam|drowning",
    # seizures, heart, stroke, poison
    r"kejang\w*|step\W+(?:panas|demam)|seizures?|convuls\w*|setip\b",
    r"serangan\W+jantung|jantung\W+berhenti|heart\W+attack|cardiac\W+arrest",
    r"(?<!poli )(?<!unit )(?<!ruang )(?<!klinik )stroke\b(?!\W+(?:center|unit))",
    r"keracunan|overdos\w*|poisoned|poisoning|digigit\W+ular",
    # accident and fire
    r"kecelakaan|tertabrak|ketabrak|kesetrum|tersetrum|(?<!pemadam )kebakaran|terbakar",
    # mother and child
    r"ketuban\w*\W+(?:(?:sudah|sdh|udah|udh|dah|ny[ao]?|wis|alah)\W+){0,2}pecah|pecah\W+ketuban|"
    r"(?:kepala|kaki)\W+bayi\w*\W+(?:\w+\W+)?keluar|"
    r"(?:mau|udah mau|sudah mau)\W+(?:melahirkan|lahiran|brojol)\W+(?:sekarang|skrg|skr|ini|nih)|"
    r"waters?\W+(?:has\W+)?bro(?:ken|ke)",
    r"(?:bayi|anak|baby)\w*\W+(?:\w+\W+){0,2}(?:membiru|biru|kebiruan|lemas sekali|turning blue)",
    r"(?:bayi|baby)\w*\W+(?:\w+\W+){0,2}" + _NOT + r"\W+(?:bergerak|nangis|menangis|moving)",
    # said in so many words
    r"(?<!instalasi )(?<!unit )gawat\W+darurat|kondisi\W+darurat|keadaan\W+darurat|\bkritis\b",
    r"(?:this is|it'?s)\W+an\W+emergency|emergency\W*!|darurat\W*!|tolong\W*darurat",
)
_ANY = re.compile("|".join(rf"\b(?:{pattern})" for pattern in _PATTERNS))


def is_emergency(plain: str) -> bool:
    """Does *plain* (as ``plain_words`` leaves a text) tell of a danger to life?"""
    return _ANY.search(plain) is not None
