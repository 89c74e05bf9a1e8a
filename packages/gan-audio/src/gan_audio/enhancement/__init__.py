"""Enhancement of recordings of any length, rate and number of channels with a trained generator."""
