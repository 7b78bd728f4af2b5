"""What tests share: the law of the checkout, and a cache folder of their own."""

from __future__ import annotations

import os
import tempfile

import pytest

os.environ.setdefault("PYCOVERAGE_CACHE", tempfile.mkdtemp(prefix="pycoverage-"))

from cases import the_law

from pycoverage.law import Law


@pytest.fixture(scope="session")
def law() -> Law:
    """The law of the checkout."""
    return the_law()
