"""Recipes: each declares the parts of one published system, and contains no loop. Importing one loads no TensorFlow."""

from gan_core.run.recipe_table import RecipeTable
from gan_text.recipes import arith, char, char_book, toy_english, word, word_short

RECIPES = RecipeTable(char.RECIPE, word.RECIPE, word_short.RECIPE, char_book.RECIPE, arith.RECIPE, toy_english.RECIPE)
train, open_run = RECIPES.train, RECIPES.open_run
