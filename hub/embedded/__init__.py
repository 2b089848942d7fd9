"""The embedded PostgreSQL server: whose binaries, as which OS user, and its life between processes."""
