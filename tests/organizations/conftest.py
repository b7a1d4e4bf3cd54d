"""The cast, for the tests of this slice."""

import pytest

from tests.cast import Cast, build_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return build_cast(only={"birkenfurt", "siegen-wittgenstein", "tammerlinna"})
