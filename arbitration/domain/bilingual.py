"""Words that exist in both languages of the office."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bilingual:
    """The same words in Chinese and in English; neither ranks below the other."""

    zh: str
    en: str
