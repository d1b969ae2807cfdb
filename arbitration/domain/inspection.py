"""Inspection: the request's own machine, and what a report comes to when its signed manifest is held against the case.

The time that counts for a signature is when the office received it, as its history shows: never a time that the
manifest states, since whoever holds a stolen key can state any.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.manifest import Manifest, ManifestRefused, OfCase, SignedManifest, read_manifest
from arbitration.domain.moves import Machine, move
from arbitration.domain.permissions import GRANTS, Permission, Role
from arbitration.domain.verification import VerificationCheck

CLOCK_SKEW = timedelta(minutes=5)
"""How far an inspector's clock may differ from the office's."""


class RequestState(StrEnum):
    """Where a request for an inspection stands. Overdue is no state: a late report is still better than none."""

    ASKED = "asked"
    TAKEN = "taken"
    DECLINED = "declined"
    REPORTED = "reported"
    WITHDRAWN = "withdrawn"


class RequestAction(StrEnum):
    """What can happen to a request for an inspection."""

    TAKE = "take"
    DECLINE = "decline"
    REPORT = "report"
    WITHDRAW = "withdraw"


UNDERWAY = frozenset({RequestState.ASKED, RequestState.TAKEN})
"""An answer is awaited."""

REQUEST = Machine(
    "request for an inspection",
    {
        RequestAction.TAKE: move({RequestState.ASKED}, RequestState.TAKEN, {Role.INSPECTOR}),
        RequestAction.DECLINE: move(set(UNDERWAY), RequestState.DECLINED, {Role.INSPECTOR}),
        RequestAction.REPORT: move({RequestState.TAKEN}, RequestState.REPORTED, {Role.INSPECTOR}),
        RequestAction.WITHDRAW: move(set(UNDERWAY), RequestState.WITHDRAWN, set(GRANTS[Permission.ASK_INSPECTION])),
    },
)


class Expertise(StrEnum):
    """What an inspector is accredited for."""

    CHAT_RECORDS = "chat_records"
    IMAGES_AND_VIDEO = "images_and_video"
    ACCOUNTS = "accounts"
    KEYS_AND_CARDS = "keys_and_cards"
    PAYMENTS = "payments"
    SYSTEM_LOGS = "system_logs"


class Revocation(StrEnum):
    """Why a key is revoked. Only a compromise reaches back: see `distrusted_from`."""

    ROTATED = "rotated"
    RETIRED = "retired"
    COMPROMISED = "compromised"


def distrusted_from(
    why: Revocation, revoked_at: datetime, valid_from: datetime, compromised_since: datetime | None
) -> datetime:
    """From when on what a revoked key signed is not believed; earlier signatures stay good.

    A compromise distrusts all that the office received since it began, or everything where that is not known.
    """
    if why is not Revocation.COMPROMISED:
        return revoked_at
    return min(compromised_since or valid_from, revoked_at)


@dataclass(frozen=True)
class KeyOnRegister:
    """A key with its inspector, as they stand on the register."""

    kid: str
    public: bytes
    valid_from: datetime
    distrusted_from: datetime | None
    inspector: str
    name: Bilingual
    accredited_from: datetime
    accredited_until: datetime | None

    def holds_at(self, at: datetime) -> bool:
        """Whether what came with this key's signature at that time is believed."""
        return self.valid_from <= at and (self.distrusted_from is None or at < self.distrusted_from)

    def accredited_at(self, at: datetime) -> bool:
        """Whether its inspector was accredited at that time."""
        return self.accredited_from <= at and (self.accredited_until is None or at < self.accredited_until)


@dataclass(frozen=True)
class Asked:
    """The request that a report answers: of which inspector, about which sample, and when that was handed out."""

    inspector: str
    sample_sha256: str
    handed_out_at: datetime | None


@dataclass(frozen=True)
class Brought:
    """What the office knows of a report by itself. `items` are the digests of the case's own items, with labels.

    An empty `case_no` means that the case is not known (offline); `asked` is None where nobody asked for the report.
    """

    report_sha256: str
    received_at: datetime
    items: Mapping[str, str]
    case_no: str = ""
    platform: str = ""
    dispute: str = ""
    asked: Asked | None = None


class Check(StrEnum):
    """What is checked, in the order in which it is told."""

    SIGNED = "signed"
    KEY_KNOWN = "key_known"
    SIGNATURE = "signature"
    KEY_IN_FORCE = "key_in_force"
    ACCREDITED = "accredited"
    MATTER = "matter"
    REPORT = "report"
    SAMPLE = "sample"
    TIMES = "times"
    HANDED_OUT = "handed_out"
    CONFLICT = "conflict"


Verify = Callable[[bytes, bytes, bytes], bool]
"""Whether, with a public key and over some bytes, a signature is right: in this order."""
Register = Callable[[str], KeyOnRegister | None]
"""The key of a `kid`, if it is on the register."""


@dataclass(frozen=True)
class Judgement:
    """What was found of a report: each check, None where there was nothing to examine.

    `refused` says why the manifest cannot be read.
    """

    found: Mapping[Check, bool | None]
    manifest: Manifest | None = None
    key: KeyOnRegister | None = None
    refused: str = ""
    was_asked: bool = False

    @property
    def facts(self) -> Mapping[str, bool | None]:
        """The facts of clause EV-05, by name; None is unknown."""
        found = self.found
        custody = (found[Check.SAMPLE], found[Check.TIMES])
        return {
            "inspector_accredited": _all(found[Check.KEY_KNOWN], found[Check.ACCREDITED]),
            "signature_valid": _all(
                found[Check.SIGNED],
                found[Check.SIGNATURE],
                found[Check.KEY_IN_FORCE],
                found[Check.MATTER],
                found[Check.REPORT],
            ),
            "sample_digest_stated": found[Check.SAMPLE],
            "custody_unbroken": _all(*custody, found[Check.HANDED_OUT]) if self.was_asked else _all(*custody),
            "conflict_declared": found[Check.CONFLICT],
        }

    @property
    def has_full_weight(self) -> bool:
        """Whether EV-05 gives it full weight; else it needs corroboration (EV-03)."""
        return all(self.facts.values())

    @property
    def failed(self) -> list[Check]:
        """The checks that did not hold."""
        return [check for check, passed in self.found.items() if passed is False]

    @property
    def checks(self) -> tuple[VerificationCheck, ...]:
        """Each check with its sentence in both languages."""
        return tuple(self._told(check, passed) for check, passed in self.found.items())

    def _told(self, check: Check, passed: bool | None) -> VerificationCheck:
        said = SAID[check][0 if passed else 1] if passed is not None else NOT_EXAMINED[check]
        return VerificationCheck(check, passed, said.zh, said.en, self.refused if check is Check.SIGNED else "")


def judge(manifest: str | None, register: Register, verify: Verify, brought: Brought) -> Judgement:
    """What a report and its manifest come to. What nobody is shown to have signed is not looked at further."""
    found: dict[Check, bool | None] = dict.fromkeys(Check)
    was_asked = brought.asked is not None
    try:
        signed = read_manifest(manifest) if manifest is not None else None
    except ManifestRefused as problem:
        return Judgement(found | {Check.SIGNED: False}, refused=problem.message, was_asked=was_asked)
    if signed is None:
        return Judgement(found | {Check.SIGNED: False}, was_asked=was_asked)
    key = register(signed.kid)
    found |= {Check.SIGNED: True, Check.KEY_KNOWN: key is not None}
    if key is not None:
        found[Check.SIGNATURE] = verify(key.public, signed.signed, signed.signature)
    if key is not None and found[Check.SIGNATURE]:
        found |= _examined(signed, key, brought)
    return Judgement(found, signed.manifest, key, was_asked=was_asked)


def _examined(signed: SignedManifest, key: KeyOnRegister, brought: Brought) -> dict[Check, bool | None]:
    said = signed.manifest
    digests = [sample.sha256 for sample in said.samples]
    times = said.times
    return {
        Check.KEY_IN_FORCE: key.holds_at(brought.received_at),
        Check.ACCREDITED: key.accredited_at(brought.received_at) and key.accredited_at(times.ended_at),
        Check.MATTER: _is_this_matter(said, brought),
        Check.REPORT: said.report.sha256 == brought.report_sha256,
        Check.SAMPLE: bool(digests) and all(digest in brought.items for digest in digests),
        Check.TIMES: times.sample_received_at <= times.begun_at <= times.ended_at <= brought.received_at + CLOCK_SKEW,
        Check.HANDED_OUT: _was_handed_out(said, key, brought.asked),
        Check.CONFLICT: said.conflict is not None
        and (said.conflict.interests == "none" or said.conflict.statement is not None),
    }


def _is_this_matter(said: Manifest, brought: Brought) -> bool | None:
    if not brought.case_no:
        return None
    if isinstance(said.matter, OfCase):
        return said.matter.case == brought.case_no
    return (said.matter.platform, said.matter.dispute) == (brought.platform, brought.dispute)


def _was_handed_out(said: Manifest, key: KeyOnRegister, asked: Asked | None) -> bool | None:
    if asked is None:
        return None
    return (
        key.inspector == asked.inspector
        and asked.sample_sha256 in {sample.sha256 for sample in said.samples}
        and asked.handed_out_at is not None
        and asked.handed_out_at - CLOCK_SKEW <= said.times.sample_received_at
    )


def _all(*parts: bool | None) -> bool | None:
    """Kleene's and: what is false anywhere is false, what is unknown then is unknown."""
    if False in parts:
        return False
    return None if None in parts else True


SAID: Mapping[Check, tuple[Bilingual, Bilingual]] = {
    Check.SIGNED: (
        Bilingual("报告附有可读的签名清单。", "A signed manifest that can be read comes with the report."),
        Bilingual("报告没有可读的签名清单。", "No signed manifest that can be read comes with the report."),
    ),
    Check.KEY_KNOWN: (
        Bilingual("签名密钥登记在检验人名册上。", "The signing key is on the register of inspectors."),
        Bilingual("签名密钥不在检验人名册上。", "The signing key is not on the register of inspectors."),
    ),
    Check.SIGNATURE: (
        Bilingual("签名与清单相符。", "The signature fits the manifest."),
        Bilingual("签名与清单不符。", "The signature does not fit the manifest."),
    ),
    Check.KEY_IN_FORCE: (
        Bilingual("收到时，密钥有效且可信。", "On receipt, the key was in force and trusted."),
        Bilingual(
            "收到时，密钥尚未生效或已不可信。",
            "On receipt, the key was not in force or not trusted.",
        ),
    ),
    Check.ACCREDITED: (
        Bilingual("检验人在检验和收到时均经认可。", "The inspector was accredited at the inspection and on receipt."),
        Bilingual("检验人在检验或收到时未经认可。", "The inspector was not accredited then or on receipt."),
    ),
    Check.MATTER: (
        Bilingual("清单所载即本案。", "The manifest names this case."),
        Bilingual("清单所载并非本案。", "The manifest names another matter."),
    ),
    Check.REPORT: (
        Bilingual("报告文件与清单所载摘要值一致。", "The report is the file whose digest the manifest states."),
        Bilingual("报告文件与清单所载摘要值不一致。", "The report is not the file whose digest the manifest states."),
    ),
    Check.SAMPLE: (
        Bilingual("所载样本摘要值均为本案证据。", "Every sample digest stated is that of an item of this case."),
        Bilingual(
            "未载明样本摘要值，或所载样本不是本案证据。",
            "No sample digest is stated, or one of no item here.",
        ),
    ),
    Check.TIMES: (
        Bilingual("收样、开始、结束的时间先后相符。", "Receipt of the sample, beginning and end are in order."),
        Bilingual("收样、开始、结束的时间先后不符。", "Receipt of the sample, beginning and end are not in order."),
    ),
    Check.HANDED_OUT: (
        Bilingual("样本由秘书处交给该检验人，并有记录。", "The office handed this sample to the inspector, on record."),
        Bilingual(
            "没有秘书处在检验前把该样本交给该检验人的记录。",
            "There is no record that the office handed this sample to this inspector before the inspection.",
        ),
    ),
    Check.CONFLICT: (
        Bilingual("利益冲突已声明。", "Conflicts of interest are declared."),
        Bilingual("没有利益冲突声明。", "Conflicts of interest are not declared."),
    ),
}
"""What each check says when it holds, and when it does not."""
NOT_EXAMINED: Mapping[Check, Bilingual] = {
    Check.SIGNED: Bilingual("是否附有签名清单。", "Whether a signed manifest comes with it."),
    Check.KEY_KNOWN: Bilingual("签名密钥是否在名册上。", "Whether the signing key is on the register."),
    Check.SIGNATURE: Bilingual("签名是否相符。", "Whether the signature fits."),
    Check.KEY_IN_FORCE: Bilingual("密钥当时是否有效。", "Whether the key was in force."),
    Check.ACCREDITED: Bilingual("检验人当时是否经认可。", "Whether the inspector was accredited."),
    Check.MATTER: Bilingual("清单所载是否本案。", "Whether the manifest names this case."),
    Check.REPORT: Bilingual("报告文件是否与清单一致。", "Whether the report is the file of the manifest."),
    Check.SAMPLE: Bilingual("样本是否为本案证据。", "Whether the samples are items of the case."),
    Check.TIMES: Bilingual("时间先后是否相符。", "Whether the times are in order."),
    Check.HANDED_OUT: Bilingual("样本是否由秘书处交出。", "Whether the sample was handed out by the office."),
    Check.CONFLICT: Bilingual("利益冲突是否已声明。", "Whether conflicts of interest are declared."),
}
"""What stays open where a check had nothing to examine."""
