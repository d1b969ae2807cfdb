import pytest

from arbitration.portal import Portal
from tests.factories import Office, open_office


@pytest.fixture
def office(portal: Portal) -> Office:
    return open_office(portal)
