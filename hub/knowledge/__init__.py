"""Shared knowledge: what units owe one another, by when, and what became of it."""
