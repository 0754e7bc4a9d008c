import pytest

from corpus.index.names import Names
from corpus.localities import Register
from tests.monitor.makers import Makers


@pytest.fixture(scope="session")
def register() -> Register:
    return Register.load()


@pytest.fixture(scope="session")
def makers(register: Register) -> Makers:
    return Makers(register)


@pytest.fixture(scope="session")
def names(register: Register) -> Names:
    return Names.load(register=register)
