"""What tests share: the law of the checkout, and a cache folder of their own."""

from __future__ import annotations

import os
import tempfile

import pytest

os.environ.setdefault("PYCOVERAGE_CACHE", tempfile.mkdtemp(prefix="pycoverage-"))

from cases import the_law

from pycoverage import cli
from pycoverage.law import Law

cli._limit_memory = lambda megabytes: None
"""A command run inside a test would limit the memory of all the tests after it; its own test is another process."""


@pytest.fixture(scope="session")
def law() -> Law:
    """The law of the checkout."""
    return the_law()
