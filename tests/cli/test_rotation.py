"""A new key for what is encrypted at rest: killed half-way and run again, all opens, and by the new key alone."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from arbitration.actions import resealing, wholeness
from arbitration.actions.context import SYSTEM
from arbitration.actions.resealing import Resealed
from arbitration.adapters.blobs_disk import DiskBlobs
from arbitration.adapters.vault import AgeVault, new_identity
from arbitration.cli import shell
from arbitration.domain.errors import WrongState
from arbitration.domain.people import KeyKind
from arbitration.domain.permissions import Role
from arbitration.portal import Portal
from arbitration.ports import Damaged
from arbitration.store import sealed
from tests.factories import Office
from tests.portals import VAULT_IDENTITY, environment, with_ports


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


class Killed(BaseException):
    """The process ends here."""


def brought(office: Office) -> str:
    office.add_platform("hmac", KeyKind.HMAC)
    case_no = office.escalate()
    office.file(case_no, Role.RESPONDENT)
    office.settle()
    return case_no


def run(office: Office, *words: str) -> Result:
    """A command of an installation whose identities stand in a file."""
    settings = office.portal.settings
    given = environment(settings.home, settings.database_url) | {"ARBITRATION_VAULT_IDENTITY": ""}
    return CliRunner().invoke(shell, words, env=given)


def secret(office: Office) -> Path:
    return office.portal.settings.home / "secrets" / "ARBITRATION_VAULT_IDENTITY"


def with_identities(office: Office, identities: str, failpoint=lambda point: None) -> Portal:
    vault = AgeVault(identities)
    blobs = DiskBlobs(office.portal.settings.blobs_dir, vault)
    return with_ports(office.portal, vault=vault, blobs=blobs, failpoint=failpoint)


def dies_at(name: str, time: int):
    passed = []

    def failpoint(point: str) -> None:
        passed.append(point)
        if passed.count(name) == time:
            raise Killed

    return failpoint


def opened(portal: Portal) -> int:
    """How many files and values open."""
    with portal.read(SYSTEM) as work:
        values = [portal.ports.vault.open(column.read(work.session, row)) for column, row in sealed.rows(work.session)]
    return len(values) + len([portal.ports.blobs.read(ref) for ref in portal.ports.blobs.refs()])


def test_a_rotation_that_is_killed_goes_on_and_the_old_key_opens_nothing_new(office, case_no):
    secret(office).parent.mkdir()
    secret(office).write_text(f"{VAULT_IDENTITY}\n")
    everything = opened(office.portal)
    assert run(office, "keys", "rotate-evidence").exit_code == 0
    identities = secret(office).read_text()
    newest, oldest = identities.split()
    assert (oldest, secret(office).stat().st_mode & 0o777) == (VAULT_IDENTITY, 0o600)
    for point in ("file_resealed", "values_resealed"):
        dying = with_identities(office, identities, dies_at(point, 1))
        with pytest.raises(Killed):
            resealing.reseal(dying)
        assert opened(with_identities(office, identities)) == everything
    late = office.escalate(evidence=[])  # by a process that was not started again
    with pytest.raises(WrongState, match="Start every process again"):
        resealing.retire_keys(with_identities(office, identities))
    told = run(office, "keys", "retire-evidence")
    assert json.loads(told.stdout) == {"retired": 1}, told.stderr
    assert secret(office).read_text().split() == [newest]
    alone = with_identities(office, newest)
    assert opened(alone) == everything + 1, late
    assert wholeness.problems(alone) == []
    assert resealing.reseal(alone) == Resealed(0, 0)
    with pytest.raises(Damaged):
        opened(with_identities(office, VAULT_IDENTITY))


def test_identities_in_the_environment_are_not_exchanged(office):
    settings = office.portal.settings
    given = environment(settings.home, settings.database_url)
    done = CliRunner().invoke(shell, ["keys", "rotate-evidence"], env=given)
    assert done.exit_code == 78
    assert "keep it in a file" in done.stderr


def test_a_file_that_does_not_open_is_not_replaced(office, case_no, settings):
    path = sorted(settings.blobs_dir.rglob("*.age"))[0]
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    damaged = path.read_bytes()
    with pytest.raises(Damaged):
        resealing.reseal(with_identities(office, f"{new_identity()}\n{VAULT_IDENTITY}"))
    assert path.read_bytes() == damaged
    assert not list(settings.blobs_dir.glob(".*.part"))
