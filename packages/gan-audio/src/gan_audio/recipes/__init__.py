"""Recipes: each declares the parts of one published system, and contains no loop. Importing one loads no TensorFlow."""

RECIPES = {name: f"gan_audio.recipes.{name.replace('-', '_')}" for name in ("segan", "segan-compact", "segan-tiny")}
