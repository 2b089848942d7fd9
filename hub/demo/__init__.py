"""The demo city: made-up people in a made-up city that carries the published totals of one real report."""
