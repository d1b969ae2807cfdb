"""Databases as their owner reaches them, beside the program's own way in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import DATABASES
from tests.store.places import Place, new_place


@pytest.fixture(params=DATABASES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A migrated, empty database of each kind."""
    with new_place(request, tmp_path) as made:
        yield made


@pytest.fixture(scope="module", params=DATABASES)
def shared_place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The same for all tests of a module, which leave it as they find it."""
    with new_place(request, tmp_path_factory.mktemp("shared")) as made:
        yield made
