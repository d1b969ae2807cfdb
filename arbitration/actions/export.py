"""The export of a case: its record for one view, the files that belong to it, and the signed manifest over them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import rfc8785

from arbitration.actions import admissibility
from arbitration.actions.admissibility import Weighed
from arbitration.actions.context import Actor, Doors, Work, get_case, record
from arbitration.actions.custody import custody_of_case
from arbitration.actions.items import GivenFile, given_to, reader_of
from arbitration.domain import export as rules
from arbitration.domain import log, particulars
from arbitration.domain.confidentiality import Copy
from arbitration.domain.custody import CustodyEvent
from arbitration.domain.errors import NotAllowed
from arbitration.domain.evidence import ItemState
from arbitration.domain.export import Listed, Record, View, instant
from arbitration.domain.permissions import Permission, Role, may
from arbitration.domain.stored_zip import Entry, pack, packed_size, whole
from arbitration.store import case_file, cases, evidence, history, rulings
from arbitration.store.case_file import Entry as Event
from arbitration.store.cases import Case
from arbitration.store.evidence import EvidenceItem
from arbitration.store.rulings import Ruling


@dataclass(frozen=True)
class Export:
    """An export ready to be sent: its name, its length in bytes, and what it is made of."""

    name: str
    size: int
    entries: tuple[Entry, ...]

    def chunks(self) -> Iterator[bytes]:
        """The ZIP file as a stream: originals are opened one after another, and none is ever held whole."""
        return pack(self.entries)


@dataclass(frozen=True)
class _Stored:
    """A stored file under the name that it gets."""

    listed: Listed
    ref: str


def export(doors: Doors, actor: Actor, case_no: str) -> Export:
    """Whoever reads the case: all of it that this reader may have. That it was taken is in the history first.

    Raises NotFound for a case that is not there for the actor, NotAllowed for a role that reads none.
    """
    with doors.read(actor) as work:
        view = view_of(work, case_no)
        content = case_record(work, case_no, view)
        stored = _stored(work, case_no, view)
        made_at = work.now
    made = [rules.listed(name, part) for name, part in _parts(doors, content).items()]
    manifest = rules.manifest(case_no, view, made_at, [*made, *(each.listed for each in stored)])
    entries = (*_first(doors, content, manifest), *(_entry(doors, each) for each in stored))
    size = packed_size(entries)
    with doors.work(actor) as work:
        get_case(work, case_no)
        said = {"role": actor.role, "view": view, "manifest_sha256": rules.listed("", manifest).sha256, "size": size}
        record(work, case_no, "case_exported", said)
    return Export(f"{case_no}-{view}.zip", size, entries)


def view_of(work: Work, case_no: str) -> View:
    """Whose view of the case the actor has. Raises NotFound, NotAllowed."""
    get_case(work, case_no)
    if not may(work.actor.role, Permission.READ_CASES):
        raise NotAllowed("Your role does not read cases.")
    if reader_of(work, case_no) is Role.PUBLIC:
        raise NotAllowed("Whoever is to decide this case takes it along once they have accepted.")
    party = cases.party_by_actor(work.session, work.actor.id)
    return rules.view_of(work.actor.role, party.side if party is not None else None)


def estimated_size(work: Work, case_no: str) -> int:
    """About how many bytes an export has: those of its files, and some for each event."""
    events = case_file.glance(work.session, case_no).events
    ruling = rulings.issued(work.session, case_no)
    signed = ruling.signed_size or 0 if ruling is not None else 0
    reader = reader_of(work, case_no)
    kept_back = sum(given_to(reader, item).size for item in evidence.kept_back_in(work.session, case_no))
    return evidence.bytes_in(work.session, case_no) + kept_back + signed + BYTES_AROUND + events * BYTES_AN_EVENT


BYTES_AROUND, BYTES_AN_EVENT = 12_000, 2_000


def _parts(doors: Doors, content: Record) -> dict[str, bytes]:
    """What the manifest lists first, by name."""
    certificates = doors.ports.seal.certificates()
    case, institution = content["case"], content["institution"]
    return {
        rules.README: rules.readme(case["number"], institution["zh"], institution["en"], case["address"]),
        rules.SEAL_CERTIFICATE: certificates[0],
        rules.ISSUING_CERTIFICATE: certificates[1],
        rules.RECORD: rfc8785.dumps(content),
    }


def _first(doors: Doors, content: Record, manifest: bytes) -> tuple[Entry, ...]:
    signed = {rules.MANIFEST: manifest, rules.SIGNATURE: doors.ports.seal.attest(manifest)}
    parts = _parts(doors, content) | signed
    return tuple(whole(name, parts[name]) for name in rules.FIRST)


def _entry(doors: Doors, each: _Stored) -> Entry:
    def chunks() -> Iterator[bytes]:
        with doors.ports.blobs.open(each.ref) as opened:
            yield from opened

    return Entry(each.listed.name, each.listed.size, chunks)


def _stored(work: Work, case_no: str, view: View) -> list[_Stored]:
    """The sealed ruling, and the originals that this view has."""
    ruling = rulings.issued(work.session, case_no)
    found = []
    if ruling is not None and ruling.signed_blob is not None:
        listed = Listed(rules.RULING, ruling.signed_size or 0, ruling.signed_sha256 or "")
        found.append(_Stored(listed, ruling.signed_blob))
    for given in opened_items(work, case_no, view):
        listed = Listed(_name_of(given), given.size, given.sha256 or "")
        found.append(_Stored(listed, given.blob or ""))
    return found


def opened_items(work: Work, case_no: str, view: View) -> list[GivenFile]:
    """The files of items that go with a view, in the order of the record."""
    reader = rules.reader_in(view)
    return [given_to(reader, item) for item in _listed(work, case_no, view) if _is_opened(item, view)]


def _listed(work: Work, case_no: str, view: View) -> list[EvidenceItem]:
    return [item for item in evidence.on_record(work.session, case_no) if _state_in(view, item) is not None]


def _state_in(view: View, item: EvidenceItem) -> ItemState | None:
    uploaded_by = item.submitted_by if item.source == "upload" else None
    return rules.state_in(view, item.state, uploaded_by, announced=item.source_url is not None)


def _is_opened(item: EvidenceItem, view: View) -> bool:
    return item.blob is not None and rules.opens(view, item.state)


def _name_of(given: GivenFile) -> str:
    """Under which name an item's file goes with the export."""
    return rules.original_name(given.label, given.name, given.item.state)


def case_record(work: Work, case_no: str, view: View) -> Record:
    """The record of a case as one *view* has it, as plain JSON (`domain.export_check` has its form)."""
    size = history.size(work.session)
    return told_record(work, case_no, view) | {
        "made_at": instant(work.now),
        "events": _events(work, case_no, size, view),
        "checkpoint": {"size": size, "root": history.root_hash(work.session)},
    }


def told_record(work: Work, case_no: str, view: View) -> Record:
    """The same without what each look makes anew: the time, the log, and the proofs that the events are in it."""
    case = get_case(work, case_no)
    items = _listed(work, case_no, view)
    weighing = admissibility.weigh(work, case, items)
    weighed = weighing.items if weighing is not None else {}
    custody = custody_of_case(work, case_no, Role.PLATFORM)
    return {
        "schema": rules.RECORD_SCHEMA,
        "view": view.value,
        "institution": {
            "zh": work.institution.name_zh,
            "en": work.institution.name_en,
            "demo": work.institution.is_demo,
        },
        "case": _case(work, case, rulings.issued(work.session, case_no)),
        "parties": [_party(party, view) for party in case.parties],
        "claims": [
            {"letter": claim.letter, "remedy": claim.remedy, "text": claim.text, "amount_minor": claim.amount_minor}
            for claim in case.claims
        ],
        "items": [
            _item(item, weighed.get(item.label or ""), view) | {"custody": _custody(custody.get(item.label or "", ()))}
            for item in items
        ],
        "messages": [
            {
                "kind": message.kind,
                "role": message.author_role,
                "name": message.author_name,
                "text": message.body,
                "at": instant(message.at),
            }
            for message in cases.messages_of(work.session, case_no)
        ],
    }


def _case(work: Work, case: Case, ruling: Ruling | None) -> Record:
    return {
        "number": case.case_no,
        "address": work.institution.public_url,
        "title": case.title,
        "state": case.state,
        "track": case.track,
        "category": case.category,
        "reason": case.reason,
        "language": case.language,
        "platform": case.platform.name,
        "order_id": case.order_id,
        "ordered_at": instant(case.ordered_at),
        "order_minor": case.order_minor,
        "claimed_minor": case.claimed_minor,
        "standard": case.standard_version,
        "procedure": case.procedure_version,
        "received_at": instant(case.received_at),
        "admitted_at": instant(case.admitted_at),
        "ruled_at": instant(case.ruled_at),
        "executed_at": instant(case.executed_at),
        "ended_at": instant(case.ended_at),
        "end_reason": case.end_reason,
        "outcome": case.outcome,
        "record_sha256": case.record_sha256,
        "ruling_sha256": ruling.signed_sha256 if ruling is not None else None,
    }


def _party(party: cases.Party, view: View) -> Record:
    """A side reads the other's name, as on its page; its account on the platform only the office does."""
    own = not rules.is_of_side(view) or party.side.value == view.value
    return {
        "role": party.role,
        "side": party.side,
        "name": party.display_name,
        "account": party.platform_user_id if own else None,
    }


def _item(item: EvidenceItem, weighed: Weighed | None, view: View) -> Record:
    """What its page says of an item; its digest is nobody's who is told only that it is awaited."""
    state = _state_in(view, item)
    opened = _is_opened(item, view)
    given = given_to(rules.reader_in(view), item)
    return {
        "label": item.label,
        "kind": item.kind,
        "title": given.name,
        "media_type": given.media_type,
        "size": given.size,
        "sha256": given.sha256 if state is not ItemState.EXPECTED else None,
        "declared_sha256": item.declared_sha256 if given.copy is Copy.ORIGINAL else None,
        "state": state,
        "problem": item.problem,
        "late": bool(item.late),
        "submitted_by": item.submitted_by,
        "source": item.source,
        "received_at": instant(item.received_at),
        "erased_at": instant(item.erased_at),
        "erased_because": item.erased_because,
        "captured_at": instant(item.captured_at),
        "particulars": _particulars(item, weighed, view),
        **_verdict(weighed),
        "manifest": item.manifest if opened else None,
        "file": _name_of(given) if opened else None,
        "confidential": item.confidential_because,
        "redacted_sha256": item.redacted_sha256,
        "disclosed": item.disclosed_because,
    }


def _custody(events: Sequence[CustodyEvent]) -> list[Record]:
    """What happened to an item, as its page says; each line names the event of the record that it is."""
    return [
        {
            "seq": each.seq,
            "at": instant(each.at),
            "kind": each.kind,
            "zh": each.what.zh,
            "en": each.what.en,
            "role": each.role,
            "name": each.name,
            "leaf_hash": each.leaf_hash,
        }
        for each in events
    ]


def _particulars(item: EvidenceItem, weighed: Weighed | None, view: View) -> Record | None:
    """What an item says of itself, with what was added since: for the office and who filed it, as on their pages."""
    is_own = item.submitted_by.value == view.value
    if not is_own and (rules.is_of_side(view) or given_to(rules.reader_in(view), item).copy is Copy.REDACTED):
        return None
    return dict(weighed.answers if weighed is not None else particulars.load(item.particulars))


def _verdict(weighed: Weighed | None) -> Record:
    """Whether a finding may rest on it: by which clause, or by the arbitrator's own reason."""
    row = weighed.computed.row if weighed is not None else None
    own = weighed.own if weighed is not None else None
    return {
        "verdict": weighed.verdict if weighed is not None else None,
        "verdict_clause": row.clause if row is not None else None,
        "verdict_reason": own.reason if own is not None else None,
    }


def _events(work: Work, case_no: str, size: int, view: View) -> list[Record]:
    @cache
    def node(level: int, position: int) -> bytes:
        return history.node(work.session, level, position)

    entries = case_file.record(work.session, case_no)
    return [_event(case_no, entry, log.inclusion_proof(entry.idx, size, node), view) for entry in entries]


def _event(case_no: str, event: Event, proof: list[bytes], view: View) -> Record:
    """An event with what opens its commitment and leads to the root; told only as far as the view goes."""
    told = rules.tells(view, event.kind)
    opened = told and event.payload is not None and event.salt is not None
    said: Any = json.loads(event.payload) if opened and event.payload is not None else None
    return {
        "index": event.idx,
        "seq": event.seq,
        "leaf_hash": event.leaf_hash,
        "leaf": event.leaf(case_no) if told else None,
        "salt": event.salt.hex() if opened and event.salt is not None else None,
        "said": said,
        "proof": [each.hex() for each in proof],
    }
