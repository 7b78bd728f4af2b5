"""The commands, by family: each reads its arguments, calls the library and prints."""

from pycoverage.commands.phrases import speak

speak()
