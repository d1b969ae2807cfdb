"""The clock: what is overdue is dealt with, and one case that cannot be dealt with stops no other."""

import pytest
from sqlalchemy import update

from arbitration.actions import expiry
from arbitration.actions.context import SYSTEM
from arbitration.domain.cases import State
from arbitration.store.cases import Case
from tests.factories import Office
from tests.fakes import FakeClock


def test_a_case_that_cannot_be_dealt_with_stops_no_other(office: Office, clock: FakeClock) -> None:
    cases = [office.escalate() for _ in range(3)]
    for case_no in cases:
        office.admit(case_no)
    first, broken, last = cases
    with office.portal.work(SYSTEM) as work:
        work.session.execute(update(Case).where(Case.case_no == broken).values(procedure_version="0.0.0"))
    clock.tick(hours=49)
    for _ in range(2):
        with pytest.raises(ExceptionGroup):
            expiry.tick(office.portal)
    assert [office.case(case_no).state for case_no in (first, last)] == [State.EVIDENCE] * 2
    assert office.case(broken).state is State.RESPONSE_DUE
