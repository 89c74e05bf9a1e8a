"""Recipes: each declares the parts of one published system, and contains no loop. Importing one loads no TensorFlow."""

from gan_core.run.recipe_table import RecipeTable
from gan_vision.recipes import (
    ada,
    bricks,
    cifar10,
    conditional,
    dcgan,
    pix2pix,
    pix2pix_hd,
    progan,
    r3gan,
    relativistic,
    resnet_translation,
    small_pictures,
    sngan,
    text_to_image,
    tutorial,
    wgan,
    wgan_gp,
)

RECIPES = RecipeTable(dcgan.RECIPE, cifar10.RECIPE, bricks.RECIPE, tutorial.RECIPE, ada.RECIPE, conditional.RECIPE,
                      wgan.RECIPE, wgan_gp.RECIPE, relativistic.RECIPE, sngan.RECIPE, progan.RECIPE, r3gan.RECIPE,
                      small_pictures.RECIPE, text_to_image.RECIPE, pix2pix.RECIPE, pix2pix_hd.RECIPE,
                      resnet_translation.RECIPE)
train, open_run = RECIPES.train, RECIPES.open_run
