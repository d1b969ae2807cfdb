"""Judges an export of a case as an outsider would: from the file and the root certificate alone, without inflating.

The archive is read once from its first byte to its last, every header is written again and compared, and a content
is only digested; so a hostile file costs its own length in time, and memory for its manifest and record at most.
"""

import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import BinaryIO

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from arbitration.adapters import cms_canonical
from arbitration.adapters.certificates import SEAL_POLICY
from arbitration.domain import export_check as judge
from arbitration.domain import stored_zip
from arbitration.domain.export import (
    FIRST,
    ISSUING_CERTIFICATE,
    MANIFEST,
    README,
    RECORD,
    SEAL_CERTIFICATE,
    SIGNATURE,
    Listed,
    Record,
    is_name,
)
from arbitration.domain.export_check import Difference
from arbitration.domain.verification import (
    LIMITS,
    WITHIN_LIMITS,
    Paper,
    Report,
    Statement,
    Verdict,
    VerificationCheck,
)

MAX_KEPT = 64 * 1024**2
"""Of a part that is read as a whole: the record of a very large case; the others are far smaller."""
CHUNK = 1024**2
NAME_BYTES = 400
UNREADABLE: tuple[type[Exception], ...] = (
    ValueError,
    TypeError,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What the library raises on the certificates and signatures of strangers, much of which it reads only when asked."""


class NotAnExport(Exception):
    """The file does not even begin as an export does."""


class Differs(Exception):
    """The first difference: where, and what."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")


@dataclass
class Opened:
    """What was read: the files in their order, and the content of those by which the others are judged."""

    listed: list[Listed] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    sha256: str = ""


class ExportVerifier:
    """Raises ValueError, when made, where there is no certificate in *root_pem*."""

    def __init__(self, root_pem: bytes) -> None:
        try:
            self._root = x509.load_pem_x509_certificate(root_pem)
        except UNREADABLE as error:
            raise ValueError("there is no certificate in the root file") from error

    def verify(self, file: BinaryIO) -> Report:
        """The verdict on a seekable *file*."""
        opened = Opened()
        try:
            differs = _outcome(lambda: _read(file, opened))
        except NotAnExport:
            return _unusable()
        checks = [_check("archive", differs)]
        manifest = judge.read_manifest(opened.kept.get(MANIFEST, b""))
        checks.append(_check("manifest", manifest if isinstance(manifest, tuple) else None))
        if isinstance(manifest, tuple):
            return _report(opened, checks, None)
        checks.append(_check("signature", _outcome(lambda: self._check_signature(opened, manifest))))
        checks.append(_check("files", judge.files_differ(manifest, opened.listed)))
        return _report(opened, [*checks, *_record_checks(opened, manifest)], manifest)

    def _check_signature(self, opened: Opened, manifest: Record) -> None:
        """Raises Differs unless the seal that the root vouches for signed exactly this manifest."""
        issuing = self._certificate(opened, ISSUING_CERTIFICATE)
        seal = self._certificate(opened, SEAL_CERTIFICATE)
        _must_issue(self._root, issuing, ISSUING_CERTIFICATE)
        _must_issue(issuing, seal, SEAL_CERTIFICATE)
        if not _is_authority(issuing) or SEAL_POLICY not in _policies(seal):
            raise Differs(SEAL_CERTIFICATE, "it is not the certificate of an institution's seal")
        at = _moment(manifest["made_at"])
        if any(not each.not_valid_before_utc <= at <= each.not_valid_after_utc for each in (issuing, seal)):
            raise Differs(f"{MANIFEST}, made_at", "the seal's certificate was not valid then")
        _must_sign(seal, opened.kept.get(SIGNATURE, b""), opened.kept[MANIFEST])

    def _certificate(self, opened: Opened, name: str) -> x509.Certificate:
        pem = opened.kept.get(name, b"")
        try:
            found = x509.load_pem_x509_certificate(pem)
        except UNREADABLE as error:
            raise Differs(name, "it is no certificate") from error
        if found.public_bytes(Encoding.PEM) != pem:
            raise Differs(name, "it holds more than one certificate, or not in its one spelling")
        return found


def _must_issue(above: x509.Certificate, below: x509.Certificate, name: str) -> None:
    try:
        below.verify_directly_issued_by(above)
    except UNREADABLE as error:
        raise Differs(name, "it was not issued under the given root") from error


def _must_sign(seal: x509.Certificate, signature: bytes, content: bytes) -> None:
    try:
        key = seal.public_key()
    except UNREADABLE as error:
        raise Differs(SEAL_CERTIFICATE, "its key is of another kind") from error
    if not isinstance(key, EllipticCurvePublicKey):
        raise Differs(SEAL_CERTIFICATE, "its key is of another kind")
    try:
        if cms_canonical.lower(signature, key.curve.name) != signature:
            raise Differs(SIGNATURE, "it is not in its one spelling")
        key.verify(signature, content, ECDSA(SHA256()))
    except UNREADABLE as error:
        raise Differs(f"{MANIFEST} or {SIGNATURE}", "the signature is not over this manifest") from error


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except UNREADABLE:
        return False


def _policies(certificate: x509.Certificate) -> list[str]:
    try:
        held = certificate.extensions.get_extension_for_class(x509.CertificatePolicies).value
    except UNREADABLE:
        return []
    return [policy.policy_identifier.dotted_string for policy in held]


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Differs(f"{MANIFEST}, made_at", "it is no time") from error
    if moment.tzinfo is None:
        raise Differs(f"{MANIFEST}, made_at", "it is a time without a zone")
    return moment


def _read(file: BinaryIO, opened: Opened) -> None:
    """Read the whole archive into *opened*. Raises NotAnExport, or Differs at the first byte that is wrong."""
    end = file.seek(0, os.SEEK_END)
    file.seek(0)
    walk = _Walk(file, end)
    while walk.at_content():
        walk.entry(opened)
    walk.directory()
    opened.sha256 = walk.digest.hexdigest()


class _Walk:
    """The archive from its first byte to its last; what was read is digested and never read again."""

    def __init__(self, file: BinaryIO, end: int) -> None:
        self._file = file
        self._end = end
        self._place = 0
        self._next = b""
        self._written: list[stored_zip.Written] = []
        self._names: set[str] = set()
        self.digest = sha256()

    def at_content(self) -> bool:
        """Whether another file follows, told by the header's first four bytes, which are taken."""
        self._next = self._take(4)
        if not self._written and self._next != stored_zip.LOCAL:
            raise NotAnExport
        return self._next == stored_zip.LOCAL

    def entry(self, opened: Opened) -> None:
        """One file. Raises NotAnExport where the first is not the one that every export begins with."""
        offset = self._place - 4
        head = self._next + self._take(stored_zip.LOCAL_HEADER.size - 4)
        fields = self._unpack(head)
        raw = self._take(min(fields[9], NAME_BYTES))
        name = raw.decode("utf-8", "replace")
        if not self._written and name != README:
            raise NotAnExport
        self._name_must_do(name, opened)
        extra = self._take(min(fields[10], NAME_BYTES))
        size = fields[7] if not extra else int.from_bytes(extra[4:12], "little")
        self._must_be(stored_zip.local_header(name, size), head + raw + extra, offset, f"the header of {name}")
        crc = self._content(name, size, opened)
        self._expect(stored_zip.after_content(size, crc), f"what follows the content of {name}")
        self._written.append(stored_zip.Written(name, size, crc, offset))

    def directory(self) -> None:
        """The directory and its end, and nothing behind them."""
        if tuple(each.name for each in self._written[: len(FIRST)]) != FIRST:
            raise Differs("archive", "a part that every export begins with is missing")
        offset = self._place - 4
        expected = stored_zip.directory(self._written, offset)
        self._must_be(expected, self._next + self._take_up_to(len(expected) - 4), offset, "the directory")
        if self._place != self._end:
            raise Differs(f"byte {self._place}", f"{self._end - self._place} bytes follow the end of the archive")

    def _content(self, name: str, size: int, opened: Opened) -> int:
        if size > self._end - self._place:
            raise Differs(name, f"it is said to have {size} bytes, more than the file has left")
        kept: list[bytes] | None = [] if name in FIRST else None
        if kept is not None and size > MAX_KEPT:
            raise Differs(name, f"it has more than {MAX_KEPT} bytes")
        digest, crc, left = sha256(), 0, size
        while left:
            chunk = self._take(min(left, CHUNK))
            digest.update(chunk)
            crc = zlib.crc32(chunk, crc)
            left -= len(chunk)
            if kept is not None:
                kept.append(chunk)
        opened.listed.append(Listed(name, size, digest.hexdigest()))
        if kept is not None:
            opened.kept[name] = b"".join(kept)
        return crc

    def _name_must_do(self, name: str, opened: Opened) -> None:
        if not is_name(name):
            raise Differs(f"byte {self._place}", f"no export holds a file named {name[:120]!r}")
        if len(self._written) >= stored_zip.MAX_ENTRIES:
            raise Differs("archive", f"it holds more than {stored_zip.MAX_ENTRIES} files")
        if name.casefold() in self._names:
            raise Differs(name, "it is there twice")
        self._names.add(name.casefold())

    def _unpack(self, head: bytes) -> tuple[int, ...]:
        fields: tuple[int, ...] = stored_zip.LOCAL_HEADER.unpack(head)
        return fields

    def _expect(self, expected: bytes, what: str) -> None:
        place = self._place
        self._must_be(expected, self._take_up_to(len(expected)), place, what)

    def _must_be(self, expected: bytes, found: bytes, place: int, what: str) -> None:
        if expected == found:
            return
        pairs = enumerate(zip(expected, found, strict=False))
        first = next((at for at, pair in pairs if pair[0] != pair[1]), min(len(expected), len(found)))
        raise Differs(f"byte {place + first}", f"{what} is not as an export has it")

    def _take(self, count: int) -> bytes:
        found = self._take_up_to(count)
        if len(found) != count:
            if not self._written:
                raise NotAnExport
            raise Differs(f"byte {self._end}", "the file ends too early")
        return found

    def _take_up_to(self, count: int) -> bytes:
        found = self._file.read(count)
        self._place += len(found)
        self.digest.update(found)
        return found


def _record_checks(opened: Opened, manifest: Record) -> list[VerificationCheck]:
    record = judge.read_record(RECORD, opened.kept.get(RECORD, b""))
    if isinstance(record, tuple):
        return [_check("record", record)]
    same = all(
        manifest[name] == value
        for name, value in (
            ("case", record["case"].get("number")),
            ("view", record["view"]),
            ("made_at", record["made_at"]),
        )
    )
    return [
        _check("record", None if same else (MANIFEST, "it is about another case, view or time than case.json")),
        _check("events", judge.events_differ(record)),
        _check("inclusion", judge.inclusion_differs(record)),
        _check("items", judge.items_differ(record, opened.listed)),
        _check("messages", judge.messages_differ(record)),
    ]


def _outcome(step: Callable[[], None]) -> Difference | None:
    try:
        step()
    except Differs as difference:
        where, _, what = str(difference).partition(": ")
        return where, what
    return None


CHECKS = {
    "archive": ("压缩包的每个字节均符合导出文件的唯一写法", "The archive is, byte for byte, as an export is written"),
    "manifest": ("清单格式正确", "The manifest is in its form"),
    "signature": ("清单由本机构印章签名，证书由所给根证书签发", "The seal signed the manifest, under the given root"),
    "files": ("每个文件的大小与 SHA-256 均与清单一致", "Every file has the size and SHA-256 that the manifest lists"),
    "record": ("案件记录格式正确，与清单属同一案件", "The record is in its form and of the same case as the manifest"),
    "events": (
        "事件链完整，内容与各叶的承诺一致",
        "The chain of events is whole, each saying what its leaf committed to",
    ),
    "inclusion": ("每个事件均包含于检查点所述的日志", "Every event is in the log that the checkpoint describes"),
    "items": ("每件证据与其收到时记录的事件一致", "Every item is what the event of its arrival says"),
    "messages": ("往来信息与事件一致", "The messages are what the events say"),
}


def _check(name: str, differs: Difference | None) -> VerificationCheck:
    zh, en = CHECKS[name]
    return VerificationCheck(name, differs is None, zh, en, ": ".join(differs) if differs else "")


PROVEN = (
    Statement(
        "文件自本机构印章签名后未改动一个字节；证据自收到之日起与记录的摘要一致",
        "Not one byte has changed since the institution's seal signed it; the evidence is what its events recorded",
    ),
    Statement(
        "记录中的事件互相衔接，并包含于机构所签的日志检查点",
        "The events form one chain and stand in the log whose root the institution signed",
    ),
)
NOT_PROVEN = (
    Statement(
        "证据内容是否真实（摘要只表明自收到后未改动）",
        "That the evidence tells the truth: a digest shows that it is unaltered since it came",
    ),
    Statement(
        "时间除机构自身声明外是否准确，以及印章证书此后是否被吊销",
        "That the times are more than the institution's word, and that its certificate was not revoked since",
    ),
    Statement(
        "此后案件是否又有新的事件；须与日志的更新检查点比对",
        "That nothing happened in the case since: that needs a later checkpoint of the log",
    ),
)


def _report(opened: Opened, checks: list[VerificationCheck], manifest: Record | None) -> Report:
    rest = _unexamined(checks)
    proven = all(check.passed for check in checks) and not rest
    return Report(
        verdict=Verdict.PROVEN if proven else Verdict.REFUSED,
        checks=(*checks, *rest),
        proven=PROVEN if proven else (),
        not_proven=(*NOT_PROVEN, *_withheld(opened)),
        file_sha256=opened.sha256,
        paper=Paper.EXPORT,
        case_no=str(manifest["case"]) if manifest is not None else "",
    )


def _unexamined(checks: list[VerificationCheck]) -> list[VerificationCheck]:
    done = {check.id for check in checks}
    return [VerificationCheck(name, None, *CHECKS[name]) for name in CHECKS if name not in done]


def stopped(content: bytes) -> Report:
    """The report on a file whose examination was ended by a limit."""
    check = VerificationCheck(LIMITS, False, WITHIN_LIMITS.zh, WITHIN_LIMITS.en)
    return Report(
        Verdict.UNUSABLE, (check, *_unexamined([])), not_proven=NOT_PROVEN, file_sha256=sha256(content).hexdigest()
    )


def _withheld(opened: Opened) -> tuple[Statement, ...]:
    """That the view tells less than everything, where it does."""
    record = judge.read_record(RECORD, opened.kept.get(RECORD, b""))
    count = 0 if isinstance(record, tuple) else judge.withheld(record)
    if not count:
        return ()
    return (
        Statement(
            f"本视图未披露的 {count} 个事件的内容；仅证明其在事件链与日志中的位置",
            f"What {count} events say that this view does not tell: only their place in chain and log is proven",
        ),
    )


def _unusable() -> Report:
    zh, en = CHECKS["archive"]
    check = VerificationCheck("archive", False, zh, en, "byte 0: this is no export of a case")
    return Report(Verdict.UNUSABLE, (check, *_unexamined([check])), not_proven=NOT_PROVEN)
