"""When a stored bundle is out of date: where one made now would say anything else, and not because somebody looked."""

import pytest

from arbitration.actions import bundle, inspectors, items, previews
from arbitration.actions.context import SYSTEM
from arbitration.domain.inspection import Revocation
from arbitration.domain.manifest import thumbprint
from arbitration.domain.permissions import Role
from arbitration.store.cases import Case
from tests.actions.test_inspections import brought as brought
from tests.actions.test_inspections import report, signed, under_way
from tests.factories import Office
from tests.manifests import KEY, public


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def made(office: Office, case_no: str) -> None:
    with office.portal.work(office.actors["registrar"]) as work:
        bundle.ask(work, case_no)
    office.settle()
    assert is_current(office, case_no)


def is_current(office: Office, case_no: str) -> bool:
    with office.portal.read(office.actors["registrar"]) as work:
        return bundle.standing(work, case_no).current


def test_a_key_found_compromised_makes_a_bundle_that_printed_its_report_out_of_date(office, case_no):
    report(office, under_way(office, case_no), signed(office, case_no))
    office.settle()
    made(office, case_no)
    with office.portal.work(SYSTEM) as work:
        inspectors.revoke_key(work, thumbprint(public(KEY)), Revocation.COMPROMISED)
    assert not is_current(office, case_no)
    made(office, case_no)


def test_any_other_value_that_is_printed_does_so_too(office, case_no):
    office.settle()
    made(office, case_no)
    with office.portal.work(SYSTEM) as work:
        work.session.get_one(Case, case_no).title = "另一标题"
    assert not is_current(office, case_no)


def test_looking_at_a_case_does_not(office, case_no):
    office.settle()
    made(office, case_no)
    with office.portal.work(office.party(case_no, Role.CLAIMANT)) as work:
        items.take_out(work, case_no, "C-1")
        previews.open_items(work, case_no, ["C-1"])
    with office.portal.work(office.actors["registrar"]) as work:
        bundle.take_out(work, case_no)
    office.settle()
    assert is_current(office, case_no)
