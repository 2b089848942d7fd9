"""What the hub computes of a child from the facts on file: standing, completeness, findings on guardianship."""
