"""Rosters: the spreadsheets that townships, schools and police stations keep, read into the ledger."""
