"""Words that clause PD-05 declares void, looked for in a platform's own rules.

This is a screening, not a judgement: a term can be put in other words, and these words can be quoted to forbid them.
Arbitrators judge a term under PD-05; here it is only shown to everyone, and first to the platform before it publishes.
"""

import re
import unicodedata

from arbitration.domain.bilingual import Bilingual

VOID_TERMS: dict[str, tuple[str, ...]] = {
    "zh": (
        "签收(或者?确认收货)?(即|就|便)(视为|视同|等于)?(认可|合格|无异议)",
        "确认收货(后)?(即|就|便)(视为|视同|等于)?(认可|合格|无异议)",
        "(最终|单方)解释权",
        "概不(退换|退款|退货)",
        "一经(售出|出售|发货|发出)[^。;!]{0,12}(不退不换|不予退换|不予退款|不可退换|不退款)",
    ),
    "en": (
        r"(signature|signing( for)?|receipt|confirm(ing|ation of) receipt) (is|means|counts as|constitutes) acceptance",
        "(final|sole|ultimate) right (of|to) interpret(ation)?",
        "right of final interpretation",
        "all sales are final",
        "no (returns?|refunds?) (or|and|nor) (returns?|refunds?|exchanges?)",
        "(are|is|will be) never (be )?(returned|refunded|exchanged)",
        "once sold[^.;!]{0,40}(no|not|never|non) (be )?(returned|returnable|refunded|refundable|refunds?|returns?)",
    ),
}
"""Language -> patterns of a void term, in the form that `_folded` gives a text."""

_PATTERNS = {language: [re.compile(term) for term in terms] for language, terms in VOID_TERMS.items()}
_SPACE = re.compile(r"\s+")
_NOT_SAID = re.compile(r"[^\w。;!]+")
"""In Chinese: blanks, marks and characters that nobody sees, by which a term could be pulled apart."""
_TRADITIONAL = str.maketrans("終釋權簽確認貨視為換還發經單", "终释权签确认货视为换还发经单")


def void_terms(words: Bilingual) -> tuple[str, ...]:
    """The void terms that stand in *words*, in either language, each as it was found; empty where there are none."""
    found: dict[str, None] = {}  # an ordered set
    for language, patterns in _PATTERNS.items():
        text = _folded(getattr(words, language), language)
        found.update(dict.fromkeys(match[0] for pattern in patterns for match in pattern.finditer(text)))
    return tuple(found)


def _folded(text: str, language: str) -> str:
    """One form for what reads alike: width, case, white space, and in Chinese also marks and traditional characters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if language == "en":
        return _SPACE.sub(" ", folded.replace("-", " "))
    return _NOT_SAID.sub("", folded.translate(_TRADITIONAL))
