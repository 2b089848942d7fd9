"""Alembic's folder: the environment, the template, the versions."""
