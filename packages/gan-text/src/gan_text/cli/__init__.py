"""The program `gan-text`: a verb a file. Imports no TensorFlow."""
