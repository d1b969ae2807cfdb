"""What most tests stand on: a database of each kind, a portal over it, and an office brought to where a test begins."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from arbitration.adapters.database import migrate
from arbitration.config import Settings, load
from arbitration.portal import Portal
from tests.beginnings import Beginning, Beginnings, Databases, only_opened
from tests.factories import Office
from tests.fakes import FakeClock, FakeGateway
from tests.portals import assemble, environment
from tests.postgres import Cluster, cluster

DATABASES = ("sqlite", "postgresql")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A group of tests that shares something slow runs in one process; a version of pytest once ignored that."""
    if getattr(config.option, "loadgroup", False):
        stray = [item.nodeid for item in items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid]
        assert not stray, f"pytest-xdist does not group {stray[:3]}"


def pytest_configure() -> None:
    """What is loaded for the tests stays: to look for garbage in it takes a tenth of the whole run."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


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
    """A migrated, empty database to copy."""
    path = tmp_path_factory.mktemp("template") / "arbitration.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(params=DATABASES)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each test runs on both. Where the database does not matter, a module says so by overriding this."""
    return str(request.param)


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    return Databases(request)


@pytest.fixture(scope="session")
def beginnings(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Beginnings:
    return Beginnings(databases, tmp_path_factory)


@pytest.fixture
def beginning(request: pytest.FixtureRequest, database_kind: str, beginnings: Beginnings) -> Beginning | None:
    """For a test that asks for an office, one is open; if it asks for a case, that is as far as its module says."""
    if "office" not in request.fixturenames:
        return None
    brought = getattr(request.module, "brought", only_opened)
    return beginnings.find(brought if "case_no" in request.fixturenames else only_opened, database_kind)


@pytest.fixture
def database_url(
    database_kind: str, databases: Databases, beginning: Beginning | None, tmp_path: Path
) -> Iterator[str]:
    """A migrated database: an empty one, or one in which the office is open."""
    original = beginning.database if beginning else databases.empty(database_kind)
    copied = databases.copy(database_kind, original, tmp_path)
    yield copied.url
    databases.drop(database_kind, copied)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return load(environment(tmp_path, database_url))


@pytest.fixture
def portal(settings: Settings, clock: FakeClock, gateway: FakeGateway) -> Iterator[Portal]:
    opened = assemble(settings, clock, gateway)
    yield opened
    opened.close()


@pytest.fixture
def office(portal: Portal, clock: FakeClock, gateway: FakeGateway, beginning: Beginning) -> Office:
    return beginning.taken_up(portal, clock, gateway)


@pytest.fixture
def case_no(office: Office, beginning: Beginning) -> str:
    """The case that the module's `brought` made."""
    assert beginning.case_no is not None, "the module does not say how far the case is brought"
    return beginning.case_no
