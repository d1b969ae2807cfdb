"""Versions of the standard: checked, compared, published and shown."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from arbitration.actions import standard, standard_trial
from arbitration.actions.standard_drafts import faults
from arbitration.cli.shell import OPERATOR, office, show
from arbitration.domain.clauses import Clause, Floor
from arbitration.domain.marked_yaml import Fault
from arbitration.domain.standard import Standard, parse
from arbitration.domain.standard_diff import FloorChange, StandardDiff, compare
from arbitration.domain.trial import Shifts, Tally

FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.group("standard")
def group() -> None:
    """The published standard."""


@group.command("publish")
@click.argument("file", type=FILE)
def publish(file: Path) -> None:
    """Publish the version in FILE (YAML), exactly as it stands; it can never be changed.

    The first version of an empty office is published at once. Any later one must have lain open in consultation for
    its whole time, byte for byte the same, and comes into force on a day after today.
    """
    with office() as portal, portal.work(OPERATOR) as work:
        published = standard.publish(work, file.read_bytes().decode("utf-8"))
    show({"version": published.version, "in_force": published.in_force.isoformat(), "sha256": published.sha256})


@group.command("show")
@click.argument("version")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, with the digest of each clause.")
def show_version(version: str, as_json: bool) -> None:
    """Print the published VERSION, in both languages."""
    with office() as portal, portal.read(OPERATOR) as work:
        found = standard.version(work, version)
    if as_json:
        show(found.as_json())
        return
    for line in _readable(found):
        click.echo(line)


@group.command("check")
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """Say what keeps FILE (YAML) from being a version. Exit 0: nothing, 1: each fault with line and reason."""
    _must_be_faultless(file)


@group.command("diff")
@click.argument("before")
@click.argument("after")
def diff(before: str, after: str) -> None:
    """Print what AFTER changes in BEFORE; each is a published version or a file."""
    found = compare(_standard(before), _standard(after))
    for line in _told(found):
        click.echo(line)


@group.command("try")
@click.argument("file", type=FILE)
def try_draft(file: Path) -> None:
    """Ask every past case again under the version in FILE (YAML), and print whose outcome would differ.

    Nothing is kept. Exit 1: the file has faults, each told as by `check`.
    """
    _must_be_faultless(file)
    draft = parse(file.read_bytes().decode("utf-8"))
    with office() as portal:
        tally = standard_trial.run(portal, draft, _progress)
    click.echo(err=True)
    for line in _tried(tally):
        click.echo(line)


def _must_be_faultless(file: Path) -> None:
    found = _faults_of(file.read_bytes())
    for fault in found:
        click.echo(f"{file}:{fault}")
    if found:
        sys.exit(1)


def _progress(done: int, total: int) -> None:
    click.echo(f"\r{done:,} of {total:,} cases", err=True, nl=False)


def _tried(tally: Tally) -> Iterator[str]:
    yield f"another outcome in {tally.altered:,} of {tally.tried:,} cases"
    for clause_id, shifts in tally.outcomes.items():
        yield from _shifts(clause_id, shifts)
    if tally.reproven:
        yield f"the same outcome, but another result on the record alone, in {tally.reproven:,} more"
    for clause_id, shifts in tally.on_record.items():
        yield from _shifts(clause_id, shifts)


def _shifts(clause_id: str, shifts: Shifts) -> Iterator[str]:
    for (before, after), cases in shifts.counted.most_common():
        yield f"~ {clause_id}  {before} -> {after}: {cases:,}"
    yield f"  such as {', '.join(shifts.examples)}"


def _faults_of(content: bytes) -> tuple[Fault, ...]:
    try:
        return faults(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = error.start - before.rfind(b"\n")
        return (Fault(before.count(b"\n") + 1, column, "file", "not UTF-8"),)


def _standard(named: str) -> Standard:
    """A file where there is one of that name, else the published version."""
    file = Path(named)
    if file.is_file():
        return parse(file.read_bytes().decode("utf-8"))
    with office() as portal, portal.read(OPERATOR) as work:
        return standard.version(work, named)


def _readable(found: Standard) -> Iterator[str]:
    yield f"{found.title.zh} / {found.title.en}"
    yield f"version {found.version}, in force from {found.in_force.isoformat()}"
    yield f"SHA-256 {found.sha256}"
    for chapter in found.chapters:
        yield ""
        yield f"{chapter.id}  {chapter.title.zh} / {chapter.title.en}"
        for clause in found.in_chapter(chapter.id):
            yield ""
            yield from _clause(found, clause)


def _clause(found: Standard, clause: Clause) -> Iterator[str]:
    yield f"{clause.id}  {clause.title.zh} / {clause.title.en}  [{clause.severity}]"
    yield f"  {clause.text.zh}"
    yield f"  {clause.text.en}"
    for name in clause.floors:
        yield f"  floor {name}: {_value(found.floor(name))}"
    for burden in clause.proof:
        yield f"  {burden.by} proves {burden.fact}"
    yield f"  basis: {', '.join(f'{basis.law} {basis.article}' for basis in clause.basis)}"
    yield f"  {clause.ref}  SHA-256 {clause.text_sha256}"


def _told(found: StandardDiff) -> Iterator[str]:
    if found.nothing:
        yield "no clause and no floor differs"
    for clause in found.added:
        yield f"+ {clause.id}  {clause.title.zh} / {clause.title.en}"
    for clause in found.removed:
        yield f"- {clause.id}  {clause.title.zh} / {clause.title.en}"
    for change in found.changed:
        yield f"~ {change.after.id}  {', '.join(change.parts)}"
        for name in ("zh", "en"):
            old, new = getattr(change.before.text, name), getattr(change.after.text, name)
            if old != new:
                yield f"  - {old}"
                yield f"  + {new}"
    for floor in found.floors:
        yield _floor(floor)


def _floor(change: FloorChange) -> str:
    before = _value(change.before) if change.before else "none"
    after = _value(change.after) if change.after else "none"
    return f"~ floor {change.name}: {before} -> {after}  {change.direction}"


def _value(floor: Floor) -> str:
    return f"{floor.value.text} ({floor.label.zh} / {floor.label.en})"


COMMANDS = (group,)
