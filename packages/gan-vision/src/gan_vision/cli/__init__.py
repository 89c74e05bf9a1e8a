"""The program `gan-vision`: a verb a file. Imports no TensorFlow."""
