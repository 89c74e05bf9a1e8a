"""The way of data into the game: sources, batches in an order that can be resumed, hashes of content."""
