"""The ledger is kept by its owners: what a unit writes, checked, stored with its past, and put on record."""
