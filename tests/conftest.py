"""What most tests stand on: a portal over a real database, with fakes only for what is slow or outside."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from arbitration.actions.context import Institution, Ports
from arbitration.adapters.blobs_disk import DiskBlobs
from arbitration.adapters.credentials import Argon2Credentials
from arbitration.adapters.database import Database, migrate
from arbitration.adapters.dialects import InstalledDialects
from arbitration.adapters.failpoints import pass_by
from arbitration.adapters.jobs_embedded import EmbeddedJobs
from arbitration.adapters.limits_sql import SqlLimits
from arbitration.adapters.media_types import LibMagic
from arbitration.adapters.vault import AgeVault, new_identity
from arbitration.adapters.webhooks import KeyKind, WebhookSignatures, generate
from arbitration.config import Settings, load
from arbitration.domain import deadlines
from arbitration.portal import Portal
from tests.fakes import FakeClock, FakeGateway, FakeRenderer, FakeSeal, FakeVerifier
from tests.postgres import Cluster, cluster

ROOT = Path(__file__).parents[1]
DATABASES = ("sqlite", "postgresql")
VAULT_IDENTITY = new_identity()
WEBHOOK_KEY = generate(KeyKind.ED25519)[0]
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""argon2id with the smallest cost: the same code path, a thousand times faster."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A group of tests that shares something slow runs in one process; a version of pytest once ignored that."""
    if getattr(config.option, "loadgroup", False):
        stray = [item.nodeid for item in items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid]
        assert not stray, f"pytest-xdist does not group {stray[:3]}"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def gateway() -> FakeGateway:
    return FakeGateway()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    with cluster() as running:
        running.create("template_arbitration")
        migrate(running.owner_url("template_arbitration"))
        yield running


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database to copy: migrating takes a hundred times as long as copying."""
    path = tmp_path_factory.mktemp("template") / "arbitration.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated database of each kind; the program's own role, not the tables' owner."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("migrated_sqlite")
        path = tmp_path / "arbitration.db"
        path.write_bytes(template.read_bytes())
        yield f"sqlite:///{path}"
        return
    server: Cluster = request.getfixturevalue("postgres")
    name = f"t_{os.urandom(6).hex()}"
    server.create(name, template="template_arbitration")
    yield server.app_url(name)
    server.drop(name)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return load(environment(tmp_path, database_url))


def environment(home: Path, database_url: str = "") -> dict[str, str]:
    """The environment of a test installation in *home*."""
    return {
        "ARBITRATION_ENV": "test",
        "ARBITRATION_HOME": str(home),
        "ARBITRATION_DATABASE_URL": database_url,
        "ARBITRATION_SECRET_KEY": "k" * 20 + os.urandom(16).hex(),
        "ARBITRATION_KEYS_PASSPHRASE": "p" * 20 + os.urandom(16).hex(),
        "ARBITRATION_VAULT_IDENTITY": VAULT_IDENTITY,
        "ARBITRATION_WEBHOOK_KEY": WEBHOOK_KEY,
    }


@pytest.fixture
def portal(settings: Settings, clock: FakeClock, gateway: FakeGateway) -> Iterator[Portal]:
    opened = assemble(settings, clock, gateway)
    yield opened
    opened.close()


def assemble(settings: Settings, clock: FakeClock, gateway: FakeGateway) -> Portal:
    """The portal as the program wires it, but for the clock, the network, and the making of PDFs."""
    vault = AgeVault(settings.vault_identity)
    procedure = deadlines.parse((ROOT / "arbitration/content/procedure/1.0.0.yaml").read_text())
    return Portal(
        settings=settings,
        database=Database(settings.database_url),
        ports=Ports(
            clock=clock,
            blobs=DiskBlobs(settings.blobs_dir, vault),
            media_types=LibMagic(),
            vault=vault,
            jobs=EmbeddedJobs(),
            limits=SqlLimits(),
            credentials=Argon2Credentials(settings.secret_key, QUICK_HASHER),
            signatures=WebhookSignatures(settings.webhook_key),
            dialects=InstalledDialects(),
            gateway=gateway,
            renderer=FakeRenderer(),
            seal=FakeSeal(),
            verifier=FakeVerifier(),
            failpoint=pass_by,
        ),
        institution=Institution(
            name_zh=settings.institution_zh,
            name_en=settings.institution_en,
            registration=settings.registration,
            instrument=settings.instrument,
            is_demo=settings.is_demo,
            public_url=settings.public_url,
        ),
        procedures={procedure.version: procedure},
    )


def with_ports(portal: Portal, **changed: object) -> Portal:
    """The same portal with some ports exchanged."""
    return replace(portal, ports=replace(portal.ports, **changed))
