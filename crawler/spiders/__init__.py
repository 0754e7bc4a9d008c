"""Spiders: one for every portal; a portal is data, not code."""
