"""Filling the office once: every dispute is played through its doors, on a clock that runs from then to now."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from arbitration.content import disputes
from arbitration.demo.consultation import consult
from arbitration.demo.folder import Decided, PartyDoor, PlatformKey, Record
from arbitration.demo.people import Account
from arbitration.demo.play import Play
from arbitration.demo.setting import Command
from arbitration.demo.stage import Stage

SIDES = ("claimant", "respondent")


def seed(
    stage: Stage,
    present: datetime,
    command: Command,
    accounts: Sequence[Account],
    keys: Sequence[PlatformKey],
    say: Callable[[str], None],
) -> Record:
    """Publish the platforms' rules, play every story up to *present*, lay a draft of the standard open."""
    tomorrow = (stage.clock().astimezone(disputes.BEIJING) + timedelta(days=1)).date()
    for platform in stage.platforms.values():
        platform.publish_rules(disputes.load_rules(platform.name, tomorrow))
    plays = [Play(stage, name, present + disputes.posted(name)) for name in disputes.names()]
    _perform(stage, plays, present, say)
    consult(stage)
    plays.sort(key=lambda play: play.case_no)
    return Record(
        users=tuple(accounts),
        platforms=tuple(keys),
        parties=tuple(door for play in plays for door in _doors(stage, command, play.case_no)),
        rulings=tuple(
            Decided(play.case_no, outcome) for play in plays if (outcome := stage.outcome(play.case_no)) is not None
        ),
    )


def _perform(stage: Stage, plays: Sequence[Play], present: datetime, say: Callable[[str], None]) -> None:
    """All acts of all stories in the order of time, and one line for each story that is through."""
    acts = sorted(
        ((at, number, act) for number, play in enumerate(plays) for at, act in play.acts() if at <= present),
        key=lambda entry: entry[:2],
    )
    left = Counter(number for _, number, _ in acts)
    for at, number, act in acts:
        stage.advance(at)
        act()
        left[number] -= 1
        if not left[number]:
            play = plays[number]
            through = sum(not count for count in left.values())
            say(f"  {through:>2}/{len(plays)}  {play.case_no}  {play.story.title['zh']}")
    stage.advance(present)


def _doors(stage: Stage, command: Command, case_no: str) -> Iterator[PartyDoor]:
    """How both sides come in: as their platform was told, or, before notices are served, as the office can tell."""
    told = stage.doors(case_no)
    for role in SIDES:
        yield told.get(role) or PartyDoor(**command("party", "link", case_no, role))
