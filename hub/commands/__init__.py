"""What units do in a case: one command per act of a duty, decided from its state, told to all who must know."""
