"""Rights over time: the days on which anything changes, why, and until when to act."""
