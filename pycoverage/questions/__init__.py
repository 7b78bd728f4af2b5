"""The next question to ask, and the interview that asks it."""
