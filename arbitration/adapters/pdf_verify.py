"""The PdfVerifier port: our policy's verdict on a sealed PDF, from its bytes and a root certificate alone.

Stricter than "every signature is valid": no stock verifier rejects a cut-off last signature, trailing bytes or one
signature too many (trust.md, Verifying). Each check stands on those before it, so the first that fails ends it.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from itertools import pairwise
from typing import Any

from asn1crypto import pem, x509  # type: ignore[import-untyped]
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    CatalogModificationRule,
    ModificationLevel,
    StandardDiffPolicy,
    SuspiciousModification,
)
from pyhanko.sign.diff_analysis.constants import ROOT_EXEMPT_STRICT_COMPARISON
from pyhanko.sign.fields import MDPPerm, enumerate_sig_fields
from pyhanko.sign.validation import read_certification_data
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import (
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from arbitration.adapters import cms_canonical
from arbitration.adapters.certificates import ARBITRATOR_POLICY, SEAL_POLICY, common_name
from arbitration.adapters.pdf_claims import READ, Claim, printable_time
from arbitration.adapters.pdf_proofread import extract_text
from arbitration.domain.signing import CLOSE_FIELD, SEAL_FIELD, arbitrator_field
from arbitration.domain.verification import (
    LIMITS,
    WITHIN_LIMITS,
    Paper,
    Report,
    SignatureFound,
    Statement,
    Verdict,
    VerificationCheck,
)

STAMP = "/DocTimeStamp"
SEALED = frozenset({Paper.RULING, Paper.BUNDLE, Paper.STANDARD})
"""What is issued as a sealed PDF."""

# What pyHanko finds is in the report; its log would say it a second time.
for _name in ("pyhanko.sign", "pyhanko_certvalidator"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


PDF_HEAD = b"%PDF-"


class Failed(Exception):
    """A check does not hold; the message says where."""


class NotOurs(Exception):
    """The bytes are no PDF, or a PDF that carries nothing of what is looked for."""


class SealedVerifier:
    """Verifies against the certificates in *root_pem*, which the reader has from elsewhere than the file.

    What is none of *papers* is unusable. Time stamps may also lead to *timestamp_roots* (PEM): those of the authority
    that an institution lets stamp for it, trusted for time alone.
    """

    def __init__(
        self, root_pem: bytes, timestamp_roots: bytes = b"", papers: Collection[Paper] = frozenset({Paper.RULING})
    ) -> None:
        """Raises ValueError where there is no certificate in *root_pem*, or in *timestamp_roots* that are given."""
        self._trust = Trust(_certificates(root_pem), _certificates(timestamp_roots) if timestamp_roots else [])
        self._papers = papers

    def verify(self, pdf: bytes) -> Report:
        """The verdict with every check. Nothing in *pdf* makes it raise but MemoryError: that was not examined."""
        file_digest = sha256(pdf).hexdigest()
        try:
            file = _File(pdf, self._trust, self._papers)
        except NotOurs as error:
            unreadable = VerificationCheck("readable", False, _READABLE.zh, _READABLE.en, str(error))
            return Report(Verdict.UNUSABLE, (unreadable, *_unexamined(_POLICY)), file_sha256=file_digest)
        checks = [VerificationCheck("readable", True, _READABLE.zh, _READABLE.en)]
        for rule in _POLICY:
            checks.append(rule.examine(file))
            if not checks[-1].passed:
                checks += _unexamined(_POLICY[len(checks) - 1 :])
                break
        proven = all(check.passed for check in checks)
        return Report(
            verdict=Verdict.PROVEN if proven else Verdict.REFUSED,
            checks=tuple(checks),
            proven=file.statements() if proven else (),
            not_proven=_not_proven(file),
            file_sha256=file_digest,
            unsigned_sha256=file.unsigned_sha256 if proven else "",
            content_sha256=file.claim.content_sha256,
            paper=file.claim.paper,
            case_no=file.claim.case_no,
            version=file.claim.version,
            signatures=file.found() if proven else (),
        )


@dataclass(frozen=True)
class Trust:
    """The certificates that the reader trusts: for everything, and for time alone."""

    roots: list[Any]
    for_time: list[Any]


def _certificates(roots_pem: bytes) -> list[Any]:
    found = [
        x509.Certificate.load(der) for kind, _, der in pem.unarmor(roots_pem, multiple=True) if kind == "CERTIFICATE"
    ]
    if not found:
        raise ValueError("there is no certificate in the root file")
    return found


class _File:
    """A file under examination. What its checks share is worked out once."""

    def __init__(self, raw: bytes, trust: Trust, papers: Collection[Paper]) -> None:
        self.raw = raw
        self.trust = trust
        if not raw.startswith(PDF_HEAD):
            raise NotOurs("it is no PDF")
        try:
            self.reader = PdfFileReader(BytesIO(raw), strict=True)
            self.signatures: list[EmbeddedPdfSignature] = list(self.reader.embedded_signatures)
            self.claim = self._attached()
        except MemoryError:
            raise
        except Exception as error:  # whatever hostile bytes do inside the libraries, they are no paper of ours
            raise NotOurs(f"{type(error).__name__}: {error}") from error
        if self.claim.paper not in papers:
            raise NotOurs(f"it is no {' or '.join(sorted(papers))}: it says that it is a {self.claim.paper}")

    def _attached(self) -> Claim:
        """What is attached to the first signed revision, or where nothing is signed to the only one."""
        first = self.signatures[0].signed_revision if self.signatures else 0
        names = self.reader.get_historical_root(first)["/Names"]["/EmbeddedFiles"]["/Names"]
        if len(names) != 2 or names[0] not in READ:
            raise NotOurs(f"not exactly one attachment named {', '.join(READ)}")
        return READ[names[0]](names[1]["/EF"]["/F"].data)

    @cached_property
    def fields(self) -> list[tuple[str, bool]]:
        """Every signature field with whether it is filled."""
        return [(name, value is not None) for name, value, _ in enumerate_sig_fields(self.reader)]

    @cached_property
    def by_field(self) -> dict[str, EmbeddedPdfSignature]:
        return {signature.field_name: signature for signature in self.regular}

    @cached_property
    def regular(self) -> list[EmbeddedPdfSignature]:
        return [signature for signature in self.signatures if signature.sig_object_type != STAMP]

    @cached_property
    def stamps(self) -> list[EmbeddedPdfSignature]:
        return [signature for signature in self.signatures if signature.sig_object_type == STAMP]

    @cached_property
    def store(self) -> DocumentSecurityStore:
        return DocumentSecurityStore.read_dss(self.reader)

    @cached_property
    def certificates(self) -> list[Any]:
        """Those in the file's own store, which the last time stamp covers."""
        return list(self.store.load_certs())

    @cached_property
    def revocation_lists(self) -> list[bytes]:
        return [reference.get_object().data for reference in self.store.crls]

    def context(self, moment: datetime) -> ValidationContext:
        """Trust in the given roots alone, at *moment*; later revocation lists speak about it too."""
        return ValidationContext(
            trust_roots=self.trust.roots,
            other_certs=self.certificates,
            crls=self.revocation_lists,
            allow_fetching=False,
            revocation_mode="require",
            retroactive_revinfo=True,
            moment=moment,
        )

    def contexts_of_stamps(self, moment: datetime) -> list[ValidationContext]:
        """The same for time stamps; another authority's stamps come without its revocation lists."""
        if not self.trust.for_time:
            return [self.context(moment)]
        elsewhere = ValidationContext(
            trust_roots=self.trust.for_time,
            other_certs=self.certificates,
            allow_fetching=False,
            revocation_mode="soft-fail",
            moment=moment,
        )
        return [self.context(moment), elsewhere]

    @property
    def unsigned_sha256(self) -> str:
        """The digest of what was rendered and shown: all before the first signature's revision."""
        start = self.reader.xrefs.get_startxref_for_revision(0)
        mark = f"startxref\n{start}\n%%EOF\n".encode()
        return sha256(self.raw[: self.raw.index(mark) + len(mark)]).hexdigest()

    def found(self) -> tuple[SignatureFound, ...]:
        return tuple(
            SignatureFound(
                field=str(signature.field_name),  # pyHanko's own string holds on to the whole file
                name=str(signature.signer_cert.subject.native.get("common_name", "")),
                certificate_sha256=signature.signer_cert.sha256.hex(),
                at=stamped_at(signature),
            )
            for signature in self.signatures
        )

    def statements(self) -> tuple[Statement, ...]:
        closed = printable_time(stamped_at(self.stamps[0]))
        signers = [str(signature.signer_cert.subject.native["common_name"]) for signature in self.regular]
        return (
            Statement(
                f"自 {closed} UTC 起，文件未被改动一个字节。",
                f"Not one byte has changed since {closed} UTC.",
            ),
            Statement(self.claim.what.zh.format("、".join(signers)), self.claim.what.en.format(", ".join(signers))),
            Statement(
                "这些证书由所给根证书签发，签署时有效且未被吊销；机构印章与仲裁员证书用途不同，不能相互冒充。",
                "They were issued under the given root, valid and not revoked when they signed; the seal's certificate "
                "and the arbitrators' cannot stand in for each other.",
            ),
        )


@dataclass(frozen=True)
class _Rule:
    """One check of the policy; `hold` raises Failed."""

    id: str
    text: Statement
    hold: Callable[[_File], None]

    def examine(self, file: _File) -> VerificationCheck:
        try:
            self.hold(file)
        except Failed as error:
            return VerificationCheck(self.id, False, self.text.zh, self.text.en, str(error))
        except MemoryError:
            raise
        except Exception as error:  # as above: what cannot be examined does not hold
            return VerificationCheck(self.id, False, self.text.zh, self.text.en, f"{type(error).__name__}: {error}")
        return VerificationCheck(self.id, True, self.text.zh, self.text.en)


def stamped_at(signature: EmbeddedPdfSignature) -> datetime:
    """The time in a signature's stamp, or in the stamp that it is. Raises Failed where it has none."""
    if signature.sig_object_type == STAMP:
        info = signature.signed_data["encap_content_info"]["content"].parsed
    else:
        attributes = signature.signer_info["unsigned_attrs"]
        tokens = [item for item in attributes if item["type"].native == "signature_time_stamp_token"]
        if len(tokens) != 1:
            raise Failed(f"{signature.field_name}: no time stamp")
        info = tokens[0]["values"][0]["content"]["encap_content_info"]["content"].parsed
    moment: datetime = info["gen_time"].native
    return moment.astimezone(UTC)


def _fields(file: _File) -> None:
    wanted = set(file.claim.fields)
    filled = {name for name, value in file.fields if value} - {stamp.field_name for stamp in file.stamps}
    empty = {name for name, value in file.fields if not value}
    if empty or len(file.fields) != len(file.signatures) or len(filled) != len(file.regular):
        raise Failed(f"not signed: {', '.join(sorted(empty))}" if empty else "a field is signed twice or not readable")
    if filled != wanted:
        raise Failed(f"missing {sorted(wanted - filled)}, too many {sorted(filled - wanted)}")
    if not file.stamps:
        raise Failed("there is no time stamp over the whole")


def _order(file: _File) -> None:
    names = [signature.field_name for signature in file.regular]
    if names[0] != SEAL_FIELD or names[-1] != CLOSE_FIELD:
        raise Failed(f"signed in the order {', '.join(names)}")
    certification = read_certification_data(file.reader)
    seal = file.by_field[SEAL_FIELD]
    if certification is None or certification.permission is not MDPPerm.FILL_FORMS:
        raise Failed("the seal does not restrict what may follow it")
    if certification.author_sig.get_object() is not seal.sig_object.get_object():
        raise Failed("another signature than the seal certifies the file")
    if file.by_field[CLOSE_FIELD].docmdp_level is not MDPPerm.NO_CHANGES:
        raise Failed("the closing signature does not lock the file")
    steps = [*file.regular, file.stamps[0]]
    if [signature.signed_revision for signature in steps] != list(range(1, len(steps) + 1)):
        raise Failed("there are revisions between the signatures")


def _coverage(file: _File) -> None:
    for signature in file.signatures:
        start, first, second, rest = (int(number) for number in signature.byte_range)
        wanted = SignatureCoverageLevel.ENTIRE_REVISION
        if signature is file.signatures[-1]:
            wanted = SignatureCoverageLevel.ENTIRE_FILE
            if second + rest != len(file.raw):
                raise Failed("there are bytes after the last signature")
        if start != 0 or signature.evaluate_signature_coverage() < wanted:
            raise Failed(f"{signature.field_name}: does not cover all that was there when it was made")
        if not 0 < first < second <= second + rest <= len(file.raw):
            raise Failed(f"{signature.field_name}: covers an impossible range")


def _containers(file: _File) -> None:
    known = {
        cms_canonical.encoding(certificate)
        for certificate in (*file.certificates, *file.trust.roots, *file.trust.for_time)
    }
    for signature in file.signatures:
        _, first, second, _ = (int(number) for number in signature.byte_range)
        gap = file.raw[first:second]
        try:
            der = cms_canonical.contents(gap)
            cms_canonical.check(der, known, stamped=signature.sig_object_type != STAMP)
        except cms_canonical.NotCanonical as error:
            raise Failed(f"{signature.field_name}: {error}") from error
        if bytes.fromhex(gap[1:-1].decode("ascii")) != signature.pkcs7_content:
            raise Failed(f"{signature.field_name}: the container read is not the one left out")


def _intact(file: _File) -> None:
    for signature in file.signatures:
        if signature.sig_object_type == STAMP:
            imprint = signature.signed_data["encap_content_info"]["content"].parsed["message_imprint"]
            stated = imprint["hashed_message"].native
        else:
            attributes = signature.signer_info["signed_attrs"]
            stated = next(item["values"][0].native for item in attributes if item["type"].native == "message_digest")
        if signature.compute_digest() != stated:
            raise Failed(f"{signature.field_name}: the bytes it covers have changed")


def _identities(file: _File) -> None:
    for name in (SEAL_FIELD, CLOSE_FIELD):
        if SEAL_POLICY not in _policies(file.by_field[name].signer_cert):
            raise Failed(f"{name}: signed by a certificate that is not an institution's seal")
    for index, member in enumerate(file.claim.panel):
        name = arbitrator_field(index)
        certificate = file.by_field[name].signer_cert
        subject = certificate.subject.native
        if ARBITRATOR_POLICY not in _policies(certificate):
            raise Failed(f"{name}: signed by a certificate that is not an arbitrator's")
        if certificate.sha256.hex() != member.certificate_sha256:
            raise Failed(f"{name}: signed with another certificate than the ruling names")
        if (subject.get("serial_number"), subject.get("common_name")) != (member.actor_id, common_name(member.name)):
            raise Failed(f"{name}: the certificate is {subject.get('common_name')}'s, not {member.name}'s")


def _policies(certificate: Any) -> set[str]:
    value = certificate.certificate_policies_value
    return {policy["policy_identifier"].dotted for policy in value} if value is not None else set()


def _trusted(file: _File) -> None:
    asyncio.run(_trust_all(file))


async def _trust_all(file: _File) -> None:
    for signature in file.signatures:
        name, status = signature.field_name, await _status(file, signature)
        if not (status.intact and status.valid):
            raise Failed(f"{name}: the signature is false")
        if not status.trusted:
            raise Failed(f"{name}: the certificate does not lead to a given root, or was revoked")


async def _status(file: _File, signature: EmbeddedPdfSignature) -> Any:
    """What pyHanko finds of a signature whose time stamp holds. Raises Failed where it does not, by any root."""
    moment = stamped_at(signature)
    for stamps in file.contexts_of_stamps(moment):
        if signature.sig_object_type == STAMP:
            found: Any = await async_validate_pdf_timestamp(signature, stamps, skip_diff=True)
            stamp = found
        else:
            found = await async_validate_pdf_signature(signature, file.context(moment), stamps, skip_diff=True)
            stamp = found.timestamp_validity
        if stamp is not None and stamp.intact and stamp.valid and stamp.trusted:
            return found
    raise Failed(f"{signature.field_name}: its time stamp does not lead to a given root")


def _times(file: _File) -> None:
    moments = [stamped_at(signature) for signature in file.signatures]
    if moments != sorted(moments):
        raise Failed("the time stamps do not follow each other")
    earliest, latest = file.claim.earliest, file.claim.latest
    if (earliest and moments[0] < earliest) or (latest and moments[len(file.regular)] > latest):
        raise Failed("signed before the decision or after the time printed for service")


def _changes(file: _File) -> None:
    """From each revision to the next, and from the rendered bytes to the seal, only what signing itself adds."""
    locked_from = file.by_field[CLOSE_FIELD].signed_revision
    revisions = [file.reader.get_historical_resolver(number) for number in range(file.reader.total_revisions)]
    for before, after in pairwise(revisions):
        most = ModificationLevel.LTA_UPDATES if before.revision >= locked_from else ModificationLevel.FORM_FILLING
        policy = DEFAULT_DIFF_POLICY if before.revision else _CERTIFYING
        try:
            level = policy.apply(before, after).modification_level
        except SuspiciousModification as error:
            raise Failed(f"revision {after.revision} changes something else") from error
        if level > most:
            raise Failed(f"revision {after.revision} changes more than it may")


_CERTIFYING = StandardDiffPolicy(
    [CatalogModificationRule({*ROOT_EXEMPT_STRICT_COMPARISON, "/Perms"}), *DEFAULT_DIFF_POLICY.global_rules[1:]],
    DEFAULT_DIFF_POLICY.form_rule,
)
"""As pyHanko's own, and the catalogue may come to name the seal as what permits changes."""


def _pages(file: _File) -> None:
    text = "".join(extract_text(file.raw).split())
    for printed in file.claim.printed:
        if "".join(printed.split()) not in text:
            raise Failed(f"no page says {printed}")


def _rules() -> Iterator[_Rule]:
    for id, hold, zh, en in (
        (
            "fields",
            _fields,
            "签名域与文件所附数据一致，且全部签署",
            "The fields are those that the attached data name, and all are signed",
        ),
        (
            "order",
            _order,
            "机构印章在先，封卷签名锁定在后，其间无其他修订",
            "First the seal, last the locking closure, and no revision between",
        ),
        (
            "coverage",
            _coverage,
            "各签名覆盖其全部内容，末尾时间戳覆盖整个文件",
            "Each signature covers all before it; the last stamp covers the whole file",
        ),
        (
            "containers",
            _containers,
            "签名容器只有一种写法，不含未受保护的字节",
            "The signature containers hold no unprotected byte",
        ),
        ("intact", _intact, "签名所覆盖的字节未被改动", "The bytes covered by signatures are unchanged"),
        (
            "identities",
            _identities,
            "签署人即文书载明的机构与仲裁员",
            "The signers are the institution and the arbitrators named",
        ),
        (
            "trusted",
            _trusted,
            "签名真实，证书于签署时由所给根证书证明有效",
            "The signatures are genuine, their certificates valid under the given root when made",
        ),
        (
            "times",
            _times,
            "时间戳先后相符，且在文件所述时间之内",
            "The time stamps follow each other, within the times that the file states",
        ),
        ("changes", _changes, "签署之后只有签署所需的增补", "After each signature only what signing adds was added"),
        (
            "pages",
            _pages,
            "页面所印编号与摘要与所附数据一致",
            "The pages print the number and the digest of the attached data",
        ),
    ):
        yield _Rule(id, Statement(zh, en), hold)


_POLICY = tuple(_rules())
_READABLE = Statement("文件可读，并附有规范格式的数据", "The file can be read and carries its data in canonical form")


def stopped(pdf: bytes) -> Report:
    """The report on a file whose examination was ended by a limit."""
    check = VerificationCheck(LIMITS, False, WITHIN_LIMITS.zh, WITHIN_LIMITS.en)
    return Report(Verdict.UNUSABLE, (check, *_unexamined(_POLICY)), file_sha256=sha256(pdf).hexdigest())


def _unexamined(rules: tuple[_Rule, ...]) -> list[VerificationCheck]:
    return [VerificationCheck(rule.id, None, rule.text.zh, rule.text.en) for rule in rules]


def _not_proven(file: _File) -> tuple[Statement, ...]:
    fingerprints = _listed(file.trust.roots)
    found = [
        Statement(
            f"根证书属于谁。请以其他途径向机构核对其 SHA-256 指纹：{fingerprints}。",
            f"Whose the root certificate is. Compare its SHA-256 fingerprint with the institution: {fingerprints}.",
        ),
        _NOT_PROVEN[file.claim.paper],
    ]
    if file.trust.for_time:
        theirs = _listed(file.trust.for_time)
        found.append(
            Statement(
                f"时间戳机构的证书此后是否被吊销，以及其根证书属于谁（SHA-256 指纹：{theirs}）。",
                f"That the time stamp authority's certificate was not revoked since, and whose its root is: {theirs}.",
            )
        )
    return (*found, *_STILL_OPEN) if file.claim.paper is Paper.RULING else tuple(found)


def _listed(roots: list[Any]) -> str:
    return ", ".join(root.sha256.hex() for root in roots)


_NOT_PROVEN = {
    Paper.RULING: Statement(
        "裁决认定的事实是否真实；证据摘要只证明文件自收到之时起未变。",
        "That what was found is true; digests of evidence show only that files are unaltered since receipt.",
    ),
    Paper.BUNDLE: Statement(
        "所附证据是否真实（摘要只证明自收到之时起未变），以及此后案件是否又有新的事件。",
        "That the evidence tells the truth: a digest shows that it is unaltered since it came; and that nothing "
        "has happened in the case since.",
    ),
    Paper.STANDARD: Statement(
        "该版本是否仍然有效：此后可能已有新版本取代。",
        "That this version is still in force: a later one may have replaced it.",
    ),
}
_STILL_OPEN = (
    Statement(
        "裁决是否已被补正、复核变更或被法院处理。",
        "That it still stands: it may have been corrected, changed on review or dealt with by a court.",
    ),
)
