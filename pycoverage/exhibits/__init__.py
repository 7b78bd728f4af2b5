"""Documents: what is proved already, what is missing, what cannot be demanded."""
