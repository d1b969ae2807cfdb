"""What people write: whether there is anything in it."""

BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters by their class that show nothing: fillers of Hangul."""


def says_nothing(text: str) -> bool:
    """Whether *text* has no letter and no digit: blanks, marks and characters that nobody sees are no reasons."""
    return not any(character.isalnum() and character not in BLANK_LETTERS for character in text)
