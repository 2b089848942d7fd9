"""Sharing beyond the rules: what owners have agreed to open, doubts about values, and inquiries that are told on."""
