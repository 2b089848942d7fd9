"""Backup and restore of the whole hub: the database as of one moment, the anchors beside it, the keys apart."""
