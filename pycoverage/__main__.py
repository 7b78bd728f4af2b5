"""Allows `python -m pycoverage`."""

from pycoverage.cli import main

if __name__ == "__main__":
    main()
