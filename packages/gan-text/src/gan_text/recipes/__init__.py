"""Recipes: each declares the parts of one published system, and contains no loop. Importing one loads no TensorFlow."""

RECIPES = {name: f"gan_text.recipes.{name.replace('-', '_')}"
           for name in ("char", "word", "word-short", "char-book", "arith", "toy-english")}
