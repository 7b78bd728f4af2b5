"""Whether the dossiers guard the rules: a base is changed in one place, and some expectation must fail."""
