"""A clause in which silence would pay is found, at the burden that makes it pay; the published standard has none."""

from pathlib import Path

import pytest

from arbitration.domain.silence import MAX_WORK, check
from arbitration.domain.standard import StandardRefused

CONTENT = Path(__file__).parents[2] / "arbitration" / "content" / "standard"
SOURCE = (CONTENT / "1.0.0.yaml").read_bytes().decode()
HEAD = SOURCE[: SOURCE.index("reasons:\n")]
SMALL = (Path(__file__).parent / "small_standard.yaml").read_bytes().decode()


def alone(id_: str) -> str:
    """A standard of that clause alone."""
    (clause,) = (text for text in SOURCE.split("\n- id: ") if text.startswith(f"{id_}\n"))
    return f"{HEAD}clauses:\n- id: {clause}\n"


def faults(text: str) -> list[tuple[str, str]]:
    """What is found, each with the line of the text that it points to."""
    with pytest.raises(StandardRefused) as caught:
        check(text)
    lines = text.split("\n")
    return [(lines[fault.line - 1][fault.column - 1 :].split(":")[0], fault.reason) for fault in caught.value.faults]


def test_in_the_published_standard_silence_never_pays():
    assert check(SOURCE).version == "1.0.0"


@pytest.mark.parametrize(
    ("id_", "old", "new", "fact", "reason"),
    [
        (
            "AS-01",
            "stated_window:   {by: claimant,   if_unproven: 0s}",
            "stated_window:   {by: respondent, if_unproven: 72h}",
            "stated_window",
            "the clause can be not met, left unproven it is not applicable to the good of the respondent",
        ),
        (
            "AS-07",
            "escrow_released_at: {by: platform, if_unproven: long_ago}",
            "escrow_released_at: {by: platform, if_unproven: never}",
            "escrow_released_at",
            "the clause can be not met, left unproven it is met to the good of the platform",
        ),
        (
            "MA-01",
            "    and reverified_at happened\n    and reverified_at <= ordered_at\n",
            "",
            "reverified_at",
            "the clause can be not met, left unproven it is met to the good of the platform",
        ),
        (
            "AS-05",
            "if_unproven: 3650d}",
            "if_unproven: 30d}",
            "rental_period",
            "the clause can be not met, left unproven it is met to the good of the respondent",
        ),
        (
            "RM-02",
            'loss_avoidable:    {by: respondent, if_unproven: "false"}',
            'loss_avoidable:    {by: respondent, if_unproven: "true"}',
            "loss_avoidable",
            "the clause can be met, left unproven it is not met to the good of the respondent",
        ),
        (
            "AS-06",
            'promise_made: {by: claimant,   if_unproven: "false"}',
            'promise_made: {by: claimant,   if_unproven: "true"}',
            "promise_made",
            "the clause can be not applicable, left unproven it is not met to the good of the claimant",
        ),
    ],
)
def test_a_burden_that_pays_for_silence_is_found_where_it_stands(id_, old, new, fact, reason):
    text = alone(id_)
    assert text.count(old) == 1
    check(text)
    assert [(found, reason in why) for found, why in faults(text.replace(old, new))] == [(fact, True)]


def test_a_party_without_a_stake_gains_nothing():
    assert check(SMALL.replace("binds: respondent", "binds: inspector"))


def test_a_standard_too_large_to_be_tried_is_refused_and_not_half_tried():
    sums = " + ".join(["0s"] * 150)
    rows = "".join(f"    d{n}: {{zh: 期, en: d, is: {sums}}}\n" for n in range(MAX_WORK // 300 + 1))
    assert faults(SMALL.replace("  derive:\n", "  derive:\n" + rows)) == [
        ("kind", "more facts and expressions so far than can be tried")
    ]
