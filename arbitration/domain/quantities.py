"""Quantities as a published rule writes them (`72h`, `CNY 5000`, `5%`), and as a sentence says them."""

import re
from dataclasses import dataclass

_FORMS = (
    ("duration", re.compile(r"(?P<number>\d{1,9})(?P<unit>s|min|h|d)", re.ASCII)),
    ("years", re.compile(r"(?P<number>\d{1,3})(?P<unit>y)", re.ASCII)),
    ("money", re.compile(r"(?P<unit>CNY) (?P<number>\d{1,12})(?:\.(?P<cents>\d\d))?", re.ASCII)),
    ("percent", re.compile(r"(?P<number>\d{1,3})(?P<unit>%)", re.ASCII)),
    ("int", re.compile(r"(?P<number>\d{1,12})", re.ASCII)),
)
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_WORDS = {
    "s": ("秒", "second"),
    "min": ("分钟", "minute"),
    "h": ("小时", "hour"),
    "d": ("天", "day"),
    "y": ("年", "year"),
}


@dataclass(frozen=True)
class Quantity:
    """`amount` is in seconds (duration), calendar years (years), fen (money), hundredths (percent) or plain (int).

    Years are no number of days: a statute's "three years" may hold a leap day.
    """

    text: str
    type: str
    amount: int

    @property
    def zh(self) -> str:
        """As a Chinese sentence says it: `72 小时`, `5,000 元`."""
        if self.type == "money":
            return f"{self._yuan()} 元"
        number, unit = self._parts()
        return f"{number} {_WORDS[unit][0]}" if unit in _WORDS else self.text

    @property
    def en(self) -> str:
        """As an English sentence says it: `72 hours`, `CNY 5,000`."""
        if self.type == "money":
            return f"CNY {self._yuan()}"
        number, unit = self._parts()
        plural = "" if number == "1" else "s"
        return f"{number} {_WORDS[unit][1]}{plural}" if unit in _WORDS else self.text

    def _parts(self) -> tuple[str, str]:
        number = self.text.rstrip("abcdefghijklmnopqrstuvwxyz%")
        return number, self.text[len(number) :]

    def _yuan(self) -> str:
        yuan, fen = divmod(self.amount, 100)
        return f"{yuan:,}.{fen:02d}" if fen else f"{yuan:,}"


def quantity(text: str) -> Quantity | None:
    """The quantity that *text* writes; None if it writes none."""
    for kind, form in _FORMS:
        if found := form.fullmatch(text):
            amount = int(found["number"])
            if kind == "duration":
                amount *= _SECONDS[found["unit"]]
            elif kind == "money":
                amount = amount * 100 + int(found["cents"] or 0)
            return Quantity(text, kind, amount)
    return None
