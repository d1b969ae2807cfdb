"""The three response times of a platform, by hand and for any history that it may send."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitration.domain.bilingual import Bilingual
from arbitration.domain.clauses import Floor
from arbitration.domain.escalation import HistoryEntry
from arbitration.domain.handling import STEPS, Standing, as_json, audit
from arbitration.domain.quantities import quantity
from arbitration.domain.vocabulary import Actor, HistoryAction

START = datetime(2026, 11, 19, 13, tzinfo=UTC)
LIMITS = {"ack": "10min", "intervene": "30min", "plan": "24h"}
FLOORS = [Floor(name, quantity(limit), "smaller", Bilingual("限", "limit")) for name, limit in LIMITS.items()]
SHORT = {"enquiry": HistoryAction.ENQUIRY_RECEIVED, "reply": HistoryAction.FIRST_REPLY}
SHORT |= {"in": HistoryAction.INTERVENTION, "plan": HistoryAction.PLAN_ISSUED}


def entry(action: HistoryAction, seconds: float) -> HistoryEntry:
    at = (START + timedelta(seconds=seconds)).isoformat()
    return HistoryEntry.model_validate({"at": at, "actor": Actor.PLATFORM, "action": action})


def audited(*told: tuple[str, float], escalated: float = 36 * 3600, **more):
    """Entries with their minutes after START; escalated after so many seconds."""
    return audit(
        [entry(SHORT[name], minutes * 60) for name, minutes in told],
        opened_at=START,
        escalated_at=START + timedelta(seconds=escalated),
        floors=FLOORS,
        **more,
    )


DAY = 24 * 60


@pytest.mark.parametrize(
    ("told", "escalated", "standings"),
    [
        ([("enquiry", 0), ("reply", 10), ("in", 30), ("plan", DAY)], 36 * 3600, "kept kept kept"),
        ([("enquiry", 0), ("reply", 10.01), ("in", 31), ("plan", DAY + 1)], 36 * 3600, "late late late"),
        ([("enquiry", 0)], 36 * 3600, "not_shown not_shown not_shown"),
        ([("enquiry", 0)], 20 * 60, "not_shown not_due not_due"),
        ([("enquiry", 0)], 10 * 60, "not_due not_due not_due"),
        ([("enquiry", 0), ("plan", DAY + 5)], 20 * 3600, "not_shown not_shown not_due"),
        ([("reply", 5), ("enquiry", 6), ("reply", 20)], 36 * 3600, "late not_shown not_shown"),
        ([("reply", 5), ("in", 6), ("plan", 7)], 36 * 3600, "kept kept kept"),
        ([("enquiry", 0), ("enquiry", 60), ("reply", 65)], 36 * 3600, "late not_shown not_shown"),
        ([("enquiry", 0), ("reply", 15), ("reply", 5)], 36 * 3600, "kept not_shown not_shown"),
    ],
)
def test_each_time_counts_from_the_first_enquiry_to_the_first_answer_to_it(told, escalated, standings):
    found = audited(*told, escalated=escalated)
    assert " ".join(tier.standing for tier in found.tiers) == standings
    assert found.breached is ("late" in standings or "not_shown" in standings)


def test_without_an_enquiry_it_counts_from_the_opening_and_says_so():
    assert (audited(("reply", 5)).enquired, audited(("enquiry", 3)).enquired) == (False, True)
    assert audited(("reply", 5)).counted_from == START


def test_a_reply_before_the_enquiry_is_no_reply_and_is_named():
    found = audited(("reply", 5), ("enquiry", 6))
    assert found.ignored == (HistoryAction.FIRST_REPLY,)
    assert found.tiers[0].took is None


def test_an_entry_told_after_a_later_one_is_noticed():
    assert audited(("enquiry", 0), ("reply", 5)).in_order
    assert not audited(("enquiry", 0), ("in", 20), ("reply", 5)).in_order


def test_a_stricter_promise_holds_and_a_laxer_one_does_not():
    found = audited(("enquiry", 0), ("reply", 6), promises={"ack": quantity("5min"), "intervene": quantity("2h")})
    assert [tier.limit.text for tier in found.tiers] == ["5min", "30min", "24h"]
    assert found.tiers[0].standing is Standing.LATE


def test_what_is_kept_of_it_is_brief():
    assert as_json(audited(("enquiry", 0), ("reply", 2), ("in", 45.001)))[:2] == [
        {"tier": "ack", "standing": "kept", "limit": 600, "took": 120},
        {"tier": "intervene", "standing": "late", "limit": 1800, "took": 2701},
    ]


def test_a_limit_that_the_version_does_not_have_is_not_judged():
    assert audit([], opened_at=START, escalated_at=START, floors=FLOORS[:1]).tiers[0].floor == "ack"


SECONDS = st.integers(0, 48 * 3600)
TOLD = st.lists(st.tuples(st.sampled_from(HistoryAction), SECONDS), max_size=10)


@given(TOLD, SECONDS, st.sampled_from(list(STEPS.values())), SECONDS)
def test_a_later_step_never_turns_a_missed_time_into_a_kept_one(told, escalated, action, later):
    entries = [entry(each, seconds) for each, seconds in told]
    times = {"opened_at": START, "escalated_at": START + timedelta(seconds=escalated), "floors": FLOORS}
    before = audit(entries, **times)
    latest = max([escalated, *(seconds for _, seconds in told)])
    after = audit([*entries, entry(action, latest + 1 + later)], **times)
    for was, now in zip(before.tiers, after.tiers, strict=True):
        assert now.breached is was.breached
        assert was.standing is not Standing.KEPT or now.standing is Standing.KEPT
