"""Recipes: each declares the parts of one published system, and contains no loop. Importing one loads no TensorFlow."""

RECIPES = {name: f"gan_vision.recipes.{name}" for name in (
    "dcgan", "cifar10", "bricks", "tutorial", "ada", "conditional", "wgan", "wgan_gp", "relativistic")}
