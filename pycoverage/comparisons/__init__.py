"""What changes between two states of the law, for whom and because of what; and approved answers."""
