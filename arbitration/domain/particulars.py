"""What each kind of evidence has to say of itself: the fields it needs, those it may have, and what is missing.

A submitter answers them before an item is locked; what is missing then may be added, and what was answered stays.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from unicodedata import category

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.errors import FieldError, Invalid
from arbitration.domain.escalation import Evidence
from arbitration.domain.vocabulary import EvidenceKind as Kind

MAX_LINE_CHARS = 200
MAX_TEXT_CHARS = 1000
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(minutes=10)
"""How far the clock of who answers may be ahead of ours."""

Answer = bool | str
"""A truth; a line or some text; or an instant, written in UTC as `2026-11-20T02:00:00Z`."""
Particulars = Mapping[str, Answer]
"""What is answered, by the field's name; a field that is not there is not answered."""


class FieldType(StrEnum):
    """What may be answered."""

    TRUTH = "truth"
    INSTANT = "instant"
    LINE = "line"
    TEXT = "text"


class Need(StrEnum):
    """What a field is for: the form that clause EV-01 asks of its kind, the weighing of the item, or neither."""

    FORM = "form"
    WEIGHT = "weight"
    NONE = "none"


class Fault(StrEnum):
    """Why an answer cannot be taken, in a sentence that says the cure."""

    NO_FIELD = "This kind of evidence has no such field."
    NOT_TRUTH = "Answer with yes or no."
    NOT_TEXT = "Write the answer as text."
    NOT_INSTANT = "Enter day and time, between the years 2000 and 2100."
    NOT_YET = "This time has not come yet; check day and year."
    NO_CLAIM = "The case has no such claim. Name claims by their letters, for example A, B."
    TOO_LONG = "Shorten it: 200 characters in a line, 1,000 in a text."
    UNSEEN = "Leave out control characters."
    ANSWERED = "This is answered already and stays as it is."


@dataclass(frozen=True)
class Field:
    """One field. A truth that is needed has to be yes: a screenshot that is cropped lacks its form."""

    name: str
    type: FieldType
    label: Bilingual
    need: Need = Need.NONE


@dataclass(frozen=True)
class Gap:
    """A needed field without its answer. `denied`: it was answered with no, so only another file can mend it."""

    field: Field
    denied: bool


@dataclass(frozen=True)
class Setting:
    """What a person's answers are held against: the time it is, and the letters of the claims in the case."""

    now: datetime
    claims: frozenset[str]


def _truth(name: str, zh: str, en: str, need: Need = Need.FORM) -> Field:
    return Field(name, FieldType.TRUTH, Bilingual(zh, en), need)


def _line(name: str, zh: str, en: str, need: Need = Need.WEIGHT) -> Field:
    return Field(name, FieldType.LINE, Bilingual(zh, en), need)


def _instant(name: str, zh: str, en: str, need: Need = Need.WEIGHT) -> Field:
    return Field(name, FieldType.INSTANT, Bilingual(zh, en), need)


_CAPTURED_AT = _instant("captured_at", "取得时间（截图、录制或者导出）", "When it was captured, recorded or exported")
_CAPTURE_TOOL = _line("capture_tool", "取得工具（软件、设备或者导出功能）", "Tool it was captured or exported with")
_LOG = (
    _line("target", "日志对象（账号、订单或者密钥）", "What the log is about: account, order or key"),
    _instant("logged_at", "日志所载时间", "Time that the log records"),
    _line("result", "日志所载结果", "Result that the log records"),
)
_NEEDED: Mapping[Kind, tuple[Field, ...]] = {
    Kind.CHAT_LOG: (
        _truth("ids_shown", "导出文件显示双方的账号标识", "The export shows the account ids of both sides"),
        _truth("times_shown", "导出文件显示每条消息的时间", "The export shows the time of every message"),
    ),
    Kind.ORDER_SCREENSHOT: (
        _truth("uncropped", "截图未经裁剪", "The screenshot is uncropped"),
        _truth("account_visible", "截图中可见账号", "The account is visible in it"),
        _truth("time_visible", "截图中可见时间", "The time is visible in it"),
        _CAPTURE_TOOL,
        _CAPTURED_AT,
    ),
    Kind.PAYMENT_VOUCHER: (_line("transaction_number", "交易号", "Transaction number", Need.FORM),),
    Kind.INSPECTION_REPORT: (
        _truth("signed", "报告经检验人签名", "The inspector has signed the report"),
        _line("issuer", "检验人", "Inspector"),
        _instant("issued_at", "报告出具时间", "When the report was issued"),
    ),
    Kind.DELIVERY_LOG: _LOG,
    Kind.LOGIN_LOG: _LOG,
    Kind.REDEEM_LOG: _LOG,
    Kind.LISTING_SNAPSHOT: (
        _CAPTURED_AT,
        _line("source_address", "页面地址（仅作文字保存）", "Address of the page, kept as text"),
    ),
    Kind.VIDEO: (_CAPTURED_AT, _CAPTURE_TOOL),
    Kind.ISSUER_STATEMENT: (
        _line("issuer", "出具方", "Who issued the statement"),
        _instant("issued_at", "出具时间", "When it was issued"),
    ),
    Kind.OTHER: (),
}
"""What each kind needs. EV-01 names the form of four kinds; of the others nothing may be refused for want of form."""
CLAIM = "claim"
ABOUT_FACTS = "about_facts"
CUSTODY = "custody"
"""The fields that name claims of the case, facts of the standard as `fact, fact`, and who held it, a line each."""
_BETWEEN_LETTERS = re.compile(r"[\s,，、;；]+")
_OPTIONAL = (
    Field("proves", FieldType.TEXT, Bilingual("证明什么（一句话）", "What it proves, in a sentence")),
    _line(CLAIM, "所涉请求（例如 A）", "Which claim it bears on, for example A", Need.NONE),
    _line(ABOUT_FACTS, "所涉事实", "Facts it bears on", Need.NONE),
    _instant("captured_at", _CAPTURED_AT.label.zh, _CAPTURED_AT.label.en, Need.NONE),
    _line("capture_tool", _CAPTURE_TOOL.label.zh, _CAPTURE_TOOL.label.en, Need.NONE),
    _line("source_system", "来源系统", "System it comes from", Need.NONE),
    _truth("original_available", "可以出示原件", "The original can be produced", Need.NONE),
    _truth("confidential", "内容涉密", "Its content is confidential", Need.NONE),
    Field(CUSTODY, FieldType.TEXT, Bilingual("此前的保管", "Who held it before")),
)
_CHECKS = {
    FieldType.LINE: (MAX_LINE_CHARS, "\t"),
    FieldType.TEXT: (MAX_TEXT_CHARS, "\t\n"),
}
"""The longest answer, and the control characters that it may hold."""
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode's general categories of what no page shows and no database keeps alike."""


def fields_of(kind: Kind) -> tuple[Field, ...]:
    """Every field that an item of this kind may have, what it needs first."""
    needed = _NEEDED[kind]
    names = {field.name for field in needed}
    return (*needed, *(field for field in _OPTIONAL if field.name not in names))


def needed_of(kind: Kind) -> tuple[Field, ...]:
    """What an item of this kind needs."""
    return _NEEDED[kind]


def read(kind: Kind, answers: Mapping[str, object], setting: Setting | None = None) -> dict[str, Answer]:
    """The answers, checked; a person's against the *setting*. Empty ones are left out.

    Raises Invalid naming each field that cannot be so answered.
    """
    fields = {field.name: field for field in fields_of(kind)}
    faults = [FieldError(name, Fault.NO_FIELD) for name in answers if name not in fields]
    found: dict[str, Answer] = {}
    for name, field in fields.items():
        answer = answers.get(name)
        if answer is None or answer == "":
            continue
        fault = _fault(field, answer) or (_untrue(field, str(answer), setting) if setting is not None else None)
        if fault is not None:
            faults.append(FieldError(name, fault))
        elif isinstance(answer, bool | str):
            found[name] = answer
    if faults:
        raise Invalid("Some fields cannot be taken as they are written.", tuple(faults))
    return found


def _fault(field: Field, answer: object) -> Fault | None:
    if field.type is FieldType.TRUTH:
        return None if isinstance(answer, bool) else Fault.NOT_TRUTH
    if not isinstance(answer, str):
        return Fault.NOT_TEXT
    if field.type is FieldType.INSTANT:
        return None if is_instant(answer) else Fault.NOT_INSTANT
    most, controls = _CHECKS[field.type]
    if len(answer) > most:
        return Fault.TOO_LONG
    unseen = any(category(each) in _UNSEEN and each not in controls for each in answer)
    return Fault.UNSEEN if unseen else None


def _untrue(field: Field, answer: str, setting: Setting) -> Fault | None:
    """What is written well and yet cannot be: a time that has not come, a claim that nobody raised."""
    if field.type is FieldType.INSTANT and datetime.fromisoformat(answer) > setting.now + CLOCKS_DIFFER:
        return Fault.NOT_YET
    if field.name == CLAIM and not setting.claims.issuperset(_BETWEEN_LETTERS.split(answer.strip())):
        return Fault.NO_CLAIM
    return None


def is_instant(written: str) -> bool:
    """Whether it is a time as an answer writes it, from 2000 to 2099."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return False
    return at.tzinfo is not None and EARLIEST <= at < LATEST and instant(at) == written


def instant(at: datetime) -> str:
    """An aware time as an answer writes it, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def write(answers: Particulars) -> str:
    """Canonical JSON (RFC 8785): names are ASCII and answers truths or text, so sorting and escaping are JSON's own."""
    return json.dumps(dict(answers), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load(written: str) -> dict[str, Answer]:
    """The inverse of `write`."""
    found: dict[str, Answer] = json.loads(written)
    return found


def gaps(kind: Kind, answers: Particulars, need: Need = Need.FORM) -> tuple[Gap, ...]:
    """The fields of that *need* that are not answered, or answered with no."""
    return tuple(
        Gap(field, denied=answers.get(field.name) is False)
        for field in _NEEDED[kind]
        if field.need is need and not answers.get(field.name)
    )


def form_met(kind: Kind, answers: Particulars) -> bool:
    """Whether an item has the form that EV-01 asks of its kind, as its submitter says."""
    return not gaps(kind, answers)


def merged(answers: Iterable[Particulars]) -> dict[str, Answer]:
    """What was answered first and then added: an answer once given stays."""
    found: dict[str, Answer] = {}
    for each in answers:
        found = {**each, **found}
    return found


def added(
    kind: Kind, before: Particulars, answers: Mapping[str, object], setting: Setting | None = None
) -> dict[str, Answer]:
    """What *answers* add to those given *before*. Raises Invalid where one is to change, or none is added."""
    found = read(kind, {name: answer for name, answer in answers.items() if before.get(name) != answer}, setting)
    changed = tuple(FieldError(name, Fault.ANSWERED) for name in found if name in before)
    if changed:
        raise Invalid("What is answered stays as it is; only what is missing can be added.", changed)
    if not found:
        raise Invalid("Fill in at least one of the missing fields.")
    return found


def told(item: Evidence) -> dict[str, Answer]:
    """What a platform tells of an item in its webhook, as particulars of its kind. What does not fit is left out."""
    said: dict[str, object] = {
        "captured_at": instant(item.captured_at),
        "capture_tool": item.capture_tool,
        "source_system": item.source_system,
        "original_available": item.original_available,
        "confidential": item.confidential or None,
        ABOUT_FACTS: ", ".join(item.describes_facts)[:MAX_LINE_CHARS],
        CUSTODY: "\n".join(_held(each.at, each.holder, each.note) for each in item.custody)[:MAX_TEXT_CHARS],
    }
    if item.particulars is not None:
        shown = item.particulars.model_dump(exclude_none=True)
        said |= {name: instant(each) if isinstance(each, datetime) else each for name, each in shown.items()}
    fields = {field.name: field for field in fields_of(Kind(item.kind))}
    return read(
        Kind(item.kind),
        {
            name: answer
            for name, answer in said.items()
            if name in fields and answer is not None and _fault(fields[name], answer) is None
        },
    )


def _held(at: datetime, holder: str, note: str | None) -> str:
    return " ".join([instant(at), holder, *([f"({note})"] if note else [])])
