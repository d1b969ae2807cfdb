"""Erasure: only after a case ended; file and name are gone, and log, tree, trusted time and ruling still verify."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from arbitration.actions import admissibility, bundle, custody, erasure, items, signing, wholeness
from arbitration.actions.context import SYSTEM, record
from arbitration.domain.cases import State
from arbitration.domain.errors import Invalid, NotAllowed, WrongState
from arbitration.domain.permissions import Role
from arbitration.store import blob_refs, history, tables
from arbitration.store import evidence as rows
from arbitration.store.erasure import DESTROYED, KEPT
from arbitration.store.evidence import EvidenceItem
from arbitration.store.intake import WebhookEvent
from tests.domain.escalations import CHAT, digest
from tests.domain.escalations import evidence as item
from tests.factories import Office

BECAUSE = "the buyer asked for it"
NAME = "聊天记录-王先生.txt"


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def brought(office: Office) -> str:
    """A case decided against the claimant, and closed."""
    case_no = office.escalate(evidence=[item() | {"file_name": NAME}])
    office.admit(case_no)
    office.seat(case_no)
    office.respond(case_no)
    office.file(case_no, Role.RESPONDENT)
    with office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        admissibility.cure(work, case_no, "R-1", {"ids_shown": True, "custody": "李女士"})
    office.close_record(case_no)
    return case_no


def ended(office: Office, case_no: str) -> None:
    office.draft(case_no)
    office.sign(case_no, office.prepare(case_no))
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        signing.waive_review(work, case_no)
    with office.portal.work(office.party(case_no, Role.RESPONDENT)) as work:
        signing.waive_review(work, case_no)
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        signing.confirm_compliance(work, case_no)
    office.settle()


def erase(office: Office, case_no: str, label: str = "C-1", actor=SYSTEM, because: str = BECAUSE) -> None:
    with office.portal.work(actor) as work:
        erasure.erase(work, case_no, label, because)
    office.settle()


def test_what_belongs_to_an_item_is_destroyed_or_kept_and_nothing_is_forgotten():
    belonging = {
        table.name
        for table in tables.metadata.tables.values()
        if any(key.column.table is EvidenceItem.__table__ for key in table.foreign_keys)
    }
    assert belonging == {*DESTROYED, *KEPT}


def test_evidence_of_a_case_that_is_open_or_under_review_is_held(office, case_no):
    with pytest.raises(WrongState, match="held"):
        erase(office, case_no)
    office.draft(case_no)
    office.sign(case_no, office.prepare(case_no))
    assert office.case(case_no).state is State.RULED
    with pytest.raises(WrongState, match="held"):
        erase(office, case_no)


def test_an_erased_item_leaves_its_digest_and_everything_that_was_proven(office, case_no, settings):
    ended(office, case_no)
    with office.portal.work(SYSTEM) as work:
        bundle.ask(work, case_no)
    office.settle()
    with pytest.raises(NotAllowed):
        erase(office, case_no, actor=office.actors["registrar"])
    with pytest.raises(Invalid):
        erase(office, case_no, because="  ")
    file = settings.blobs_dir / digest(CHAT)[:2] / f"{digest(CHAT)}.age"
    assert file.exists()
    with office.portal.read(SYSTEM) as work:
        leaves, root = history.size(work.session), history.root_hash(work.session)
        assert "王先生" in everything_said(work.session)
    erase(office, case_no)
    assert not file.exists()
    assert wholeness.problems(office.portal) == []
    with office.portal.read(SYSTEM) as work:
        assert history.size(work.session) == leaves + 1
        assert history.root_hash(work.session) != root
        left = rows.must_find(work.session, case_no, "C-1")
        assert (left.sha256, left.blob, left.file_name, left.erased_because) == (digest(CHAT), None, "", BECAUSE)
        assert [event.kind for event in custody.custody_of(work, case_no, "C-1")][-1] == "evidence_erased"
        assert "C-1" in custody.trusted_times(work, case_no)
        assert everything_said(work.session).count("王先生") == 0
        assert not bundle.standing(work, case_no).there
        assert set(office.portal.ports.blobs.refs()) == dict(blob_refs.all_of(work.session)).keys()
    with office.portal.work(SYSTEM) as work, pytest.raises(WrongState, match="only its digest"):
        items.take_out(work, case_no, "C-1")
    with pytest.raises(WrongState, match="before"):
        erase(office, case_no)


def test_what_its_submitter_added_later_is_emptied_and_its_leaf_stays(office, case_no):
    ended(office, case_no)
    with office.portal.read(SYSTEM) as work:
        assert "李女士" in said_by_events(work.session)
    erase(office, case_no, "R-1")
    assert wholeness.problems(office.portal) == []
    with office.portal.read(SYSTEM) as work:
        assert "李女士" not in said_by_events(work.session)
        (emptied,) = (event.seq for event, payload in history.of_case(work.session, case_no) if payload is None)
        assert f'"events":[{emptied}]' in said_by_events(work.session)


@pytest.mark.parametrize(
    ("kind", "told_by", "excused"),
    [
        ("evidence_cured", None, False),
        ("evidence_cured", "evidence_challenged", False),
        ("evidence_cured", "evidence_erased", True),
        ("evidence_received", "evidence_erased", False),
    ],
)
def test_only_an_erasure_excuses_an_emptied_event_and_only_of_what_was_said(office, case_no, kind, told_by, excused):
    with office.portal.work(SYSTEM) as work:
        idx, seq = [(row.idx, row.seq) for row, _ in history.of_case(work.session, case_no, {kind})][-1]
        emptied = text("UPDATE history_payload SET payload = NULL, salt = NULL WHERE idx = :idx")
        work.session.execute(emptied, {"idx": idx})
        if told_by is not None:
            record(work, case_no, told_by, {"label": "C-1", "events": [seq]})
    named = f"event {seq} of {case_no}: emptied, and no erasure says so" in wholeness.problems(office.portal)
    assert named is not excused


def test_only_an_erasure_excuses_the_emptied_bytes_of_a_platforms_event(office, case_no):
    with office.portal.work(SYSTEM) as work:
        row = work.session.get_one(WebhookEvent, 1)
        name, row.raw = f"{row.platform_id}/{row.webhook_id}", b""
        record(work, case_no, "evidence_challenged", {"label": "C-1", "webhooks": [name]})
    assert f"webhook {name}: its bytes are gone, and no erasure says so" in wholeness.problems(office.portal)


def said_by_events(session) -> str:
    return "".join(session.scalars(text("SELECT payload FROM history_payload WHERE payload IS NOT NULL")))


def everything_said(session) -> str:
    """All text and all opened values of the tables that could tell an item's name."""
    told = []
    for table in ("evidence_item", "cases", "history_payload", "delivery", "job", "webhook_event"):
        told += [str(tuple(row)) for row in session.execute(text(f"SELECT * FROM {table}"))]
    return "".join(told)


def test_a_file_that_another_case_holds_stays_there(office, case_no, settings):
    other = office.escalate()
    ended(office, case_no)
    erase(office, case_no)
    assert (settings.blobs_dir / digest(CHAT)[:2] / f"{digest(CHAT)}.age").exists()
    with office.portal.work(SYSTEM) as work:
        assert items.take_out(work, other, "C-1").sha256 == digest(CHAT)


def test_what_is_older_than_files_are_kept_is_due_and_erased(office, case_no, clock):
    ended(office, case_no)
    keep = timedelta(days=30)
    clock.tick(days=29)
    assert list(erasure.erase_due(office.portal, keep)) == []
    clock.tick(days=2)
    assert [each.label for each in erasure.erase_due(office.portal, keep)] == ["C-1", "R-1"]
    assert list(erasure.erase_due(office.portal, keep)) == []
