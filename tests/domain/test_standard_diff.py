"""What a new version changes, told of two small standards, and the same told the other way round."""

from pathlib import Path

import pytest

from arbitration.domain.standard import Standard, parse
from arbitration.domain.standard_diff import Direction, Part, Run, StandardDiff, compare, words

SMALL = (Path(__file__).parent / "small_standard.yaml").read_text("utf-8")
OTHER_CLAUSE = """\
- id: AS-02
  title: {zh: 交付, en: Delivery}
  text: {zh: 商家证明交付。, en: The merchant proves delivery.}
  severity: minor
  binds: respondent
  basis: [{law: 民法典, article: 598}]
"""
LONGER = (
    ("value: 72h", "value: 96h"),
    ("不少于 72 小时", "不少于 96 小时"),
    ("at least 72 hours", "at least 96 hours"),
)


def changed(*replaced: tuple[str, str], more: str = "") -> Standard:
    text = SMALL.rstrip("\n") + "\n"
    for before, after in replaced:
        assert before in text
        text = text.replace(before, after)
    return parse(text + more)


BASE = changed()


def test_a_version_does_not_differ_from_itself_nor_by_its_number_alone():
    assert compare(BASE, BASE).nothing
    assert compare(BASE, changed(("version: 1.0.0", "version: 1.1.0"))).nothing


def test_a_longer_window_is_a_stricter_floor_and_another_text():
    diff = compare(BASE, changed(*LONGER))
    (floor,) = diff.floors
    assert (floor.name, floor.direction) == ("window", Direction.STRICTER)
    assert floor.before is not None
    assert floor.after is not None
    assert (floor.before.value.text, floor.after.value.text) == ("72h", "96h")
    assert [(change.after.id, change.parts) for change in diff.changed] == [("AS-01", (Part.TEXT,))]


@pytest.mark.parametrize(
    ("stricter", "direction"),
    [("larger", Direction.STRICTER), ("smaller", Direction.LAXER), ("nobody", Direction.NEUTRAL)],
)
def test_whether_more_is_stricter_is_said_by_the_floor(stricter: str, direction: Direction):
    of = ("stricter: larger", f"stricter: {stricter}")
    assert compare(changed(of), changed(of, *LONGER)).floors[0].direction is direction


def test_a_floor_that_turns_its_direction_is_neither_stricter_nor_laxer():
    turned = changed(*LONGER, ("stricter: larger", "stricter: smaller"))
    assert compare(BASE, turned).floors[0].direction is Direction.NEUTRAL


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        (Part.TITLE, "en: Window}", "en: The window}"),
        (Part.SEVERITY, "severity: major", "severity: critical"),
        (Part.BINDS, "binds: respondent", "binds: platform"),
        (Part.BURDEN, "kind: {by: claimant,", "kind: {by: respondent,"),
        (Part.TEST, "applies: asked_at < never", "applies: asked_at <= never"),
        (Part.TEST, "then: met", "then: not_applicable"),
        (Part.REMEDIES, "remedies: [refund_full]", "remedies: [refund_full, replace_key]"),
        (Part.BASIS, "article: 621", "article: 620"),
        (Part.WORDS, "en: asked at {asked_at}", "en: asked on {asked_at}"),
    ],
)
def test_each_part_of_a_clause_is_told_by_its_name(part: Part, before: str, after: str):
    (change,) = compare(BASE, changed((before, after))).changed
    assert change.parts == (part,)


def test_clauses_come_and_go():
    more = changed(more=OTHER_CLAUSE)
    assert [clause.id for clause in compare(BASE, more).added] == ["AS-02"]
    assert [clause.id for clause in compare(more, BASE).removed] == ["AS-02"]


def test_the_other_way_round_says_the_same():
    one, other = BASE, changed(*LONGER, ("severity: major", "severity: minor"), more=OTHER_CLAUSE)
    turned = {Direction.STRICTER: Direction.LAXER, Direction.LAXER: Direction.STRICTER}
    there, back = compare(one, other), compare(other, one)
    assert there == StandardDiff(
        added=back.removed,
        removed=back.added,
        changed=tuple(type(each)(each.after, each.before, each.parts) for each in back.changed),
        floors=tuple(
            type(each)(each.name, each.after, each.before, turned.get(each.direction, each.direction))
            for each in back.floors
        ),
    )


def test_english_is_compared_by_words_and_chinese_by_characters():
    assert words("at least 72 hours", "at least 96 hours") == (
        Run("same", "at least "),
        Run("gone", "72"),
        Run("new", "96"),
        Run("same", " hours"),
    )
    assert words("商家应当受理", "商家必须受理") == (
        Run("same", "商家"),
        Run("gone", "应当"),
        Run("new", "必须"),
        Run("same", "受理"),
    )


def test_both_texts_are_read_off_the_runs():
    old, new = BASE.clauses[0].text.zh, "售后期至少 96 小时，Steam™ 除外。"
    runs = words(old, new)
    assert "".join(run.text for run in runs if run.kind != "new") == old
    assert "".join(run.text for run in runs if run.kind != "gone") == new
