"""What is done to sound as numbers: frames, emphasis, damage, measurements, pictures. No network, no TensorFlow."""
