"""The same bytes from one side, once kept from the other side and once in the open, do not go on the record."""

import io

import pytest

from arbitration.actions import confidentiality, filing
from arbitration.actions.filing import Upload
from arbitration.domain.errors import Invalid
from arbitration.domain.evidence import Kind
from arbitration.domain.permissions import Role
from arbitration.domain.vocabulary import Side
from arbitration.store import evidence as rows
from tests.factories import Office

SECRET, COPY, OTHER = b"price: 37.25\n", b"price: #####\n", b"another\n"


@pytest.fixture
def database_kind() -> str:
    """What is written is checked on both by tests/store."""
    return "sqlite"


def brought(office: Office) -> str:
    """The claimant has filed a confidential file as C-2, of which the respondent reads the copy."""
    case_no = office.escalate()
    office.admit(case_no)
    office.seat(case_no)
    mark(office, case_no, add(office, case_no, SECRET), COPY)
    assert submit(office, case_no) == ["C-2"]
    return case_no


def add(office: Office, case_no: str, content: bytes, role: Role = Role.CLAIMANT) -> int:
    """A file into the draft; its number."""
    actor = office.party(case_no, role)
    sent = Upload("contract.txt", io.BytesIO(content))
    filing.upload(office.portal, actor, case_no, Kind.OTHER, [sent])
    with office.portal.read(actor) as work:
        return rows.drafts_of(work.session, case_no, Side(role))[-1].id


def mark(office: Office, case_no: str, number: int, copy: bytes) -> None:
    actor = office.party(case_no, Role.CLAIMANT)
    with office.portal.work(actor) as work:
        confidentiality.mark(work, case_no, number, "商业秘密")
    confidentiality.give_copy(office.portal, actor, case_no, number, Upload("copy.txt", io.BytesIO(copy)))


def submit(office: Office, case_no: str, role: Role = Role.CLAIMANT) -> list[str]:
    with office.portal.work(office.party(case_no, role)) as work:
        return filing.submit(work, case_no)


def test_what_a_side_keeps_confidential_is_not_filed_again_in_the_open(office: Office, case_no: str) -> None:
    again = add(office, case_no, SECRET)
    with pytest.raises(Invalid, match=r"contract\.txt is the same as your confidential C-2"):
        submit(office, case_no)
    mark(office, case_no, again, COPY)  # nothing was lost, and kept it may be filed
    assert submit(office, case_no) == ["C-3"]


def test_what_is_kept_is_not_given_as_the_copy_of_another_file(office: Office, case_no: str) -> None:
    mark(office, case_no, add(office, case_no, OTHER), SECRET)
    with pytest.raises(Invalid, match=r"The redacted copy of contract\.txt is the same as your confidential C-2"):
        submit(office, case_no)


def test_what_the_other_side_reads_already_is_not_kept_from_it_again(office: Office, case_no: str) -> None:
    add(office, case_no, OTHER)
    assert submit(office, case_no) == ["C-3"]
    again = add(office, case_no, OTHER)
    mark(office, case_no, again, COPY)
    with pytest.raises(Invalid, match="the other side is given the same file as your C-3"):
        submit(office, case_no)
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        confidentiality.unmark(work, case_no, again)
    assert submit(office, case_no) == ["C-4"]


def test_a_disclosed_file_may_be_filed_openly_and_what_the_other_side_keeps_is_its_own_matter(
    office: Office, case_no: str
) -> None:
    add(office, case_no, SECRET, Role.RESPONDENT)
    assert submit(office, case_no, Role.RESPONDENT) == ["R-1"]
    with office.portal.work(office.actors["arbitrator"]) as work:
        confidentiality.disclose(work, case_no, "C-2", "It decides the case.")
    add(office, case_no, SECRET)
    assert submit(office, case_no) == ["C-3"]
