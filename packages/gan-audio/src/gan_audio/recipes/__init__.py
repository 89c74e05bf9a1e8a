"""Recipes: each declares the parts of one published system, and contains no loop. Importing one loads no TensorFlow."""

from gan_audio.recipes import segan, segan_compact, segan_tiny
from gan_core.run.recipe_table import RecipeTable

RECIPES = RecipeTable(segan.RECIPE, segan_compact.RECIPE, segan_tiny.RECIPE)
train, open_run = RECIPES.train, RECIPES.open_run
