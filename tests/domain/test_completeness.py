"""How many of its proofs a side has brought, against a table by hand and for any pile of items."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitration.domain.clauses import PROVERS, Matter, Proof
from arbitration.domain.completeness import Standing, as_json, meters
from arbitration.domain.standard import parse
from arbitration.domain.vocabulary import EvidenceKind, Reason
from tests.factories import STANDARD

SHOT, VOUCHER, CHAT, VIDEO, LOG = (
    EvidenceKind.ORDER_SCREENSHOT,
    EvidenceKind.PAYMENT_VOUCHER,
    EvidenceKind.CHAT_LOG,
    EvidenceKind.VIDEO,
    EvidenceKind.DELIVERY_LOG,
)
KEY = Matter(
    Reason.KEY_INVALID_OR_USED,
    ("AS-01",),
    (
        Proof("claimant", (CHAT,), "optional"),
        Proof("claimant", (VOUCHER, SHOT), "required"),
        Proof("claimant", (VIDEO, SHOT), "required"),
        Proof("respondent", (LOG,), "required"),
    ),
)


def standings(filed, drafts=(), side=0):
    """`f`, `d` or `-` for each proof of the claimant, the required ones first."""
    meter = meters(KEY, [("claimant", kind) for kind in filed], [("claimant", kind) for kind in drafts])[side]
    return "".join("-" if each.standing is Standing.MISSING else each.standing[0] for each in meter.proofs)


@pytest.mark.parametrize(
    ("filed", "drafts", "told"),
    [
        ([], [], "---"),
        ([SHOT], [], "f--"),
        ([SHOT, SHOT], [], "ff-"),
        ([SHOT, VOUCHER], [], "ff-"),
        ([VOUCHER, SHOT, CHAT], [], "fff"),
        ([VOUCHER, VOUCHER], [], "f--"),
        ([LOG], [], "---"),
        ([SHOT], [VOUCHER], "fd-"),
        ([VOUCHER], [VIDEO, CHAT], "fdd"),
        ([], [SHOT], "d--"),
    ],
)
def test_each_item_counts_for_one_proof_and_as_many_are_served_as_can_be(filed, drafts, told):
    assert standings(filed, drafts) == told


def test_what_one_side_brings_is_no_proof_of_another():
    claimant, respondent, platform = meters(KEY, [("platform", LOG), ("inspector", VIDEO), ("respondent", SHOT)])
    assert (claimant.present, respondent.present) == (0, 0)
    assert platform.proofs == ()


def test_a_platform_reads_numbers_and_what_is_missing():
    assert as_json("1.0.0", KEY, [("claimant", SHOT)]) == {
        "standard": "1.0.0",
        "reason": "KEY_INVALID_OR_USED",
        "sides": {
            "claimant": {
                "required": 2,
                "present": 1,
                "missing": [{"any_of": ["video", "order_screenshot"]}],
                "optional_missing": [{"any_of": ["chat_log"]}],
            },
            "respondent": {
                "required": 1,
                "present": 0,
                "missing": [{"any_of": ["delivery_log"]}],
                "optional_missing": [],
            },
            "platform": {"required": 0, "present": 0, "missing": [], "optional_missing": []},
        },
    }


ITEM = st.tuples(st.sampled_from([*PROVERS, "inspector"]), st.sampled_from(EvidenceKind))
MATTERS = parse(STANDARD.read_text("utf-8")).matters


@given(st.sampled_from(MATTERS), st.lists(ITEM, max_size=8), ITEM)
def test_one_more_item_never_takes_a_proof_away_and_filing_a_draft_makes_it_count(matter, filed, new):
    for before, drafted, after in zip(
        meters(matter, filed), meters(matter, filed, [new]), meters(matter, [*filed, new]), strict=True
    ):
        have, soon, will = ([each.standing for each in meter.proofs] for meter in (before, drafted, after))
        assert [was is Standing.FILED for was in have] == [was is Standing.FILED for was in soon]
        assert [was is not Standing.MISSING for was in soon] == [was is Standing.FILED for was in will]
        assert all(now is Standing.FILED for was, now in zip(have, will, strict=True) if was is Standing.FILED)
        assert after.present - before.present in (0, 1)
