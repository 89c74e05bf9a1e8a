"""The two-player game: the loop, what both players minimise, and what they are made of."""
