"""The office's own inspection: it asks the check endpoint that a merchant declared, and signs what came back.

An example of the interface: GET `ENDPOINT?reference=…` on a host of the platform's allow-list, answered with JSON. What
the endpoint says is the merchant's word, recorded unaltered with its time; the signature proves that and no more.
"""

import io
import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit

from arbitration.actions import filing, stored_files
from arbitration.actions.context import Actor, Doors, Work, record
from arbitration.actions.filing import Upload
from arbitration.actions.inspections import ASKABLE, REPORTABLE, may_ask
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.endpoint_check import MAX_ANSWER_BYTES, EndpointAnswer, masked, payload, read_answer
from arbitration.domain.errors import Invalid, Refused, WrongState
from arbitration.domain.escalation import EscalatedData
from arbitration.domain.evidence import ItemState
from arbitration.domain.manifest import compact, manifest_of, signing_input, thumbprint
from arbitration.domain.permissions import Role
from arbitration.domain.vocabulary import PartyRole
from arbitration.ports import Unreachable
from arbitration.store import inspectors
from arbitration.store.cases import Case
from arbitration.store.evidence import by_label

MAX_REFERENCE_CHARS = 200


@dataclass(frozen=True)
class _Asked:
    """What is needed between the two transactions."""

    url: str
    hosts: frozenset[str]
    sample: str
    inspector: str
    issuer: Bilingual
    kid: str


def endpoint_of(case: Case) -> str | None:
    """The check endpoint that the merchant of a case declared, if any."""
    told = EscalatedData.model_validate_json(case.escalation)
    merchants = (party.merchant for party in told.parties if party.role is PartyRole.RESPONDENT)
    return next((merchant.check_endpoint for merchant in merchants if merchant), None)


def check(doors: Doors, actor: Actor, case_no: str, label: str, reference: str) -> str:
    """Arbitrator or registrar: ask the merchant's endpoint about a key or account; the label of the signed report.

    *label* is the item of evidence that shows the reference. The reference itself is not kept, only masked. Raises
    Invalid where there is nothing to ask, or the endpoint gives no answer of the interface.
    """
    reference = reference.strip()
    if not 0 < len(reference) <= MAX_REFERENCE_CHARS:
        raise Invalid("Write the key or account that is to be checked.")
    with doors.work(actor) as work:
        asked = _asked(work, case_no, label, reference)
        said = {"label": label, "host": urlsplit(asked.url).hostname, "reference": masked(reference)}
        record(work, case_no, "endpoint_check_asked", said)
    begun_at = doors.ports.clock()
    answer = _fetch(doors, asked)
    ended_at = doors.ports.clock()
    content = _report(asked, reference, begun_at, ended_at, answer)
    text = _signed(doors, case_no, asked, content, begun_at, ended_at, answer)
    kept = filing.keep_report(doors, Upload(f"endpoint-check-{label}.json", io.BytesIO(content)))
    try:
        with doors.work(Actor(asked.inspector, Role.INSPECTOR)) as work:
            if work.session.get_one(Case, case_no).state not in REPORTABLE:
                raise WrongState("The case is decided or has ended; nothing can be added to it.")
            return filing.file_report(work, kept.as_item(case_no, work.now, asked.issuer, text))
    except Refused:
        stored_files.forget_file(doors, kept.blob.ref)
        raise


def _asked(work: Work, case_no: str, label: str, reference: str) -> _Asked:
    case = may_ask(work, case_no)
    if case.state not in ASKABLE:
        raise WrongState("An inspection is ordered after admission and before the record closes.")
    endpoint = endpoint_of(case)
    if endpoint is None:
        raise Invalid("The merchant of this case declared no check endpoint.")
    item = by_label(work.session, case_no, label)
    if item is None or item.state is not ItemState.SUBMITTED or item.sha256 is None:
        raise Invalid("Choose an item that is on the record.")
    if item.kept_back:
        raise WrongState("The original is kept confidential; disclose it first, for both sides read the report on it.")
    kid = thumbprint(work.ports.inspection_keys.office_key())
    key = inspectors.register(work.session)(kid)
    if key is None or not key.holds_at(work.now) or not key.accredited_at(work.now):
        raise Invalid("The office's own inspector is not on the register (`arbitration inspector register --office`).")
    joined = "&" if urlsplit(endpoint).query else "?"
    return _Asked(
        url=f"{endpoint}{joined}reference={quote(reference, safe='')}",
        hosts=frozenset(case.platform.evidence_hosts.split()),
        sample=item.sha256,
        inspector=key.inspector,
        issuer=key.name,
        kid=kid,
    )


def _fetch(doors: Doors, asked: _Asked) -> EndpointAnswer:
    try:
        with doors.ports.gateway.fetch(asked.url, asked.hosts, MAX_ANSWER_BYTES) as source:
            return read_answer(source.read(MAX_ANSWER_BYTES + 1))
    except Unreachable as problem:
        raise Invalid("The endpoint gave no answer: %(why)s", values={"why": problem}) from problem


def _report(asked: _Asked, reference: str, begun_at: datetime, ended_at: datetime, answer: EndpointAnswer) -> bytes:
    parts = urlsplit(asked.url)
    told: dict[str, Any] = {
        "endpoint": f"{parts.scheme}://{parts.netloc}{parts.path}",
        "reference": masked(reference),
        "asked_at": begun_at.isoformat(),
        "answered_at": ended_at.isoformat(),
        "answer": answer.model_dump(mode="json", exclude_none=True),
    }
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _signed(
    doors: Doors,
    case_no: str,
    asked: _Asked,
    content: bytes,
    begun_at: datetime,
    ended_at: datetime,
    answer: EndpointAnswer,
) -> str:
    digest = sha256(content).hexdigest()
    said = payload(case_no, asked.sample, digest, begun_at, ended_at, answer)
    signed = signing_input(asked.kid, manifest_of(json.dumps(said, ensure_ascii=False).encode()))
    return compact(signed, doors.ports.inspection_keys.sign(signed))
