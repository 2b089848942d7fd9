"""Counts for those who may have counts and no rows."""
