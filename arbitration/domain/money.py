"""Amounts of money as a ruling prints them: in figures, and in the Chinese words that cannot be altered."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_GROUP = 10_000
_YI = 100_000_000


def format_cny(minor: int) -> str:
    """`¥1,280.00` from 128000 fen; the same in both languages."""
    sign = "-" if minor < 0 else ""
    yuan, fen = divmod(abs(minor), 100)
    return f"{sign}¥{yuan:,}.{fen:02}"


def uppercase_cny(minor: int) -> str:
    """人民币大写: `人民币叁佰玖拾玖元整` from 39900 fen. Raises ValueError for a negative amount.

    Source: 支付结算办法 (1997), annex 1: 整 ends an amount without 分, and 零 stands for skipped places.
    """
    if minor < 0:
        raise ValueError("an amount in words cannot be negative")
    yuan, cents = divmod(minor, 100)
    jiao, fen = divmod(cents, 10)
    words = _whole(yuan) + "元" if yuan or not cents else ""
    if jiao:
        words += _DIGITS[jiao] + "角"
    elif fen and yuan:
        words += "零"
    words += _DIGITS[fen] + "分" if fen else "整"
    return f"人民币{words}"


def _whole(number: int) -> str:
    """A whole number of yuan in words, without the unit."""
    if number == 0:
        return "零"
    for unit, name in ((_YI, "亿"), (_GROUP, "万")):
        if number >= unit:
            upper, lower = divmod(number, unit)
            gap = "零" if 0 < lower < unit // 10 else ""
            return _whole(upper) + name + gap + (_whole(lower) if lower else "")
    return _below_ten_thousand(number)


def _below_ten_thousand(number: int) -> str:
    words = ""
    skipped = False
    for place, digit in zip(_PLACES, f"{number:04}", strict=True):
        if digit == "0":
            skipped = bool(words)
            continue
        words += ("零" if skipped else "") + _DIGITS[int(digit)] + place
        skipped = False
    return words
