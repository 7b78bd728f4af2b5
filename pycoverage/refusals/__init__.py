"""The examination of a refusal: the decision, the ground alleged, and the mistake that explains it."""
