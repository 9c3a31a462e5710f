"""Policies: what they mean, how they decide, and what they use up."""
