"""Searches over all possible situations: a domain of persons, and what the solver finds or excludes there."""
