import pytest

from tests.seed_code.seeds import NAMES, Seed


@pytest.fixture(scope="session", params=NAMES)
def seed(request: pytest.FixtureRequest) -> Seed:
    return Seed(request.param)
