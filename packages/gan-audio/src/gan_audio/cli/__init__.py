"""The program `gan-audio`: a verb a file. Imports no TensorFlow."""
