"""A refusal is one sentence with named values: filled in English here, translated before it is filled on pages."""

import pytest

from arbitration.domain.errors import Conflict, FieldError, Invalid, WrongState
from arbitration.domain.moves import Machine, move
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import RulingAction, RulingState


def test_values_fill_the_sentence() -> None:
    refused = Invalid("At most %(most)s files.", (FieldError("files", "too many"),), code="full", values={"most": 20})
    assert refused.sentence == "At most %(most)s files."
    assert refused.message == str(refused) == "At most 20 files."
    assert refused.code == "full"
    assert refused.fields[0].path == "files"


def test_a_value_is_never_taken_for_a_placeholder() -> None:
    refused = Conflict("There is a platform %(name)s already.", values={"name": "100%(sure)s"})
    assert str(refused) == "There is a platform 100%(sure)s already."


def test_a_sentence_without_values_stays_as_it_is() -> None:
    refused = Invalid("Not a percentage such as 1.8%s")
    assert str(refused) == "Not a percentage such as 1.8%s"
    assert refused.code == "invalid"


def test_a_machine_says_what_its_step_needs() -> None:
    machine = Machine(
        "ruling", {RulingAction.SIGN: move({RulingState.PREPARED}, RulingState.SIGNING, {Role.ARBITRATOR})}
    )
    with pytest.raises(WrongState) as refused:
        machine.next_state(RulingState.ISSUED, RulingAction.SIGN, Role.ARBITRATOR)
    assert refused.value.values == {"action": "sign", "thing": "ruling", "allowed": "prepared", "state": "issued"}
    assert str(refused.value) == "This step is not open now: sign needs a ruling that is prepared; this one is issued."
