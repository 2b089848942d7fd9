"""The access record: what was disclosed or refused, to whom, under which rule; written, verified, searched."""
