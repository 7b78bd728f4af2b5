"""Health-coverage rights in France: law as logic, answers with their reasons."""

__version__ = "0.1.0"
