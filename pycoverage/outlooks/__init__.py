"""What would open a right, and what would end it."""
