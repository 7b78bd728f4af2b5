"""The commands, by family: each reads its arguments, calls the library and prints."""
