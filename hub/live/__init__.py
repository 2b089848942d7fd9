"""Live knowledge: what happens reaches the units that follow it, within their rights, without a gap and never twice."""
