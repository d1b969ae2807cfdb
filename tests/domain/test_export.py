"""What each view of a case names and opens."""

import pytest

from arbitration.domain.evidence import ItemState
from arbitration.domain.export import View, opens, state_in
from arbitration.domain.permissions import Role

HELD, EXPECTED = ItemState.HELD, ItemState.EXPECTED


@pytest.mark.parametrize(
    ("uploaded_by", "announced", "seen"),
    [
        (Role.CLAIMANT, False, {View.OFFICE: HELD, View.PLATFORM: HELD, View.CLAIMANT: HELD, View.RESPONDENT: None}),
        (Role.RESPONDENT, False, {View.OFFICE: HELD, View.PLATFORM: HELD, View.CLAIMANT: None, View.RESPONDENT: HELD}),
        (Role.INSPECTOR, False, {View.OFFICE: HELD, View.PLATFORM: HELD, View.CLAIMANT: None, View.RESPONDENT: None}),
        (None, True, {View.OFFICE: HELD, View.PLATFORM: HELD, View.CLAIMANT: EXPECTED, View.RESPONDENT: EXPECTED}),
        (None, False, {View.OFFICE: HELD, View.PLATFORM: HELD, View.CLAIMANT: None, View.RESPONDENT: None}),
    ],
)
def test_what_is_held_is_named_to_the_office_and_to_who_filed_it(
    uploaded_by: Role | None, announced: bool, seen: dict[View, ItemState | None]
) -> None:
    assert {view: state_in(view, HELD, uploaded_by, announced) for view in View} == seen


def test_everything_else_is_named_to_all_and_no_side_gets_what_is_quarantined() -> None:
    for state in set(ItemState) - {ItemState.DRAFT, HELD}:
        assert {state_in(view, state, None, announced=True) for view in View} == {state}
    assert [view for view in View if opens(view, ItemState.SUBMITTED)] == list(View)
    assert [view for view in View if opens(view, ItemState.QUARANTINED)] == [View.OFFICE, View.PLATFORM]
    assert not any(opens(view, HELD) for view in View)
