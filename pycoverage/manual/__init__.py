"""The pages that `pycoverage doc` writes: each right, its rules, their sources and pictures."""
