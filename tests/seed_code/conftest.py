import pytest

from tests.seed_code.seeds import SEEDS, Seed


@pytest.fixture(scope="session", params=SEEDS)
def seed(request: pytest.FixtureRequest) -> Seed:
    return Seed(request.param)
