"""What all text recipes share: settings, loading, and the experiment around the networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import pydantic

import gan_core as core
from gan_core.progress import showing
from gan_core.run.recipe import Recipe
from gan_core.run.recipe_settings import AdamConfig
from gan_text.data.corpus import TextCorpus
from gan_text.data.text_set import TextSet, blank_set, blank_vocabulary, corpus_sets, grammar_sets, open_corpus
from gan_text.data.vocabulary import Vocabulary
from gan_text.errors import TextConfigError
from gan_text.grammar import Grammar
from gan_text.text_run import TextRun, refuse_other_vocabulary

Loss = Literal["wgan-gp", "wgan-gp-lp", "hinge+gp", "rsgan", "ragan", "ralsgan", "nonsaturating+r1"]


class TextConfig(AdamConfig):
    """Settings of a recipe on text; defaults are those of the character model of Gulrajani et al. (2017)."""

    data: str = ""
    """folder:PATH, file:PATH, glob:PATTERN (UTF-8, one sentence per line, .gz too), lm1b:PATH, tfds:lm1b,
    corpus:PATH (of `gan-text prepare`), or grammar:NAME (arith, toy-english, or a grammar file)."""
    steps: int = pydantic.Field(2_000_000, ge=1)
    """Critic updates in total; the generator makes steps / n_critic."""
    sample_every: int = pydantic.Field(1000, ge=1)
    """Steps between two sheets of sentences and scores."""
    checkpoint_every: int = pydantic.Field(5000, ge=1)
    """Steps between two checkpoints."""

    level: Literal["character", "word"] = "character"
    """What one token is."""
    length: int = pydantic.Field(32, ge=2)
    """Tokens of a row."""
    max_size: int | None = pydantic.Field(None, ge=4)
    """Most ids of the vocabulary, special ones included (256 characters, 2048 words)."""
    min_count: int | None = pydantic.Field(None, ge=1)
    """Rarer tokens become unknown (10 for characters, 1 for words)."""
    lowercase: bool | None = None
    """Lower-case the text (words yes, characters no)."""
    add_markers: bool | None = None
    """Begin and end symbols around sentences (words yes, characters no)."""
    too_long: Literal["truncate", "drop", "split"] = "truncate"
    """What happens to longer sentences; a truncated one has no end symbol."""
    unknown: Literal["keep", "drop"] = "keep"
    """Keep or drop sentences with unknown tokens."""
    deduplicate: bool = False
    """Keep each row once."""
    held_out: float = pydantic.Field(0.02, gt=0, lt=0.5)
    """Share of the text for validation, and the same again for `evaluate`; equal rows are never in two splits."""
    corpus: str | None = None
    """Folder for the prepared ids; by default one of the user's cache."""
    rows: int = pydantic.Field(20_000, ge=1)
    """Training strings to draw from a grammar."""

    generator: Literal["residual", "lstm", "gru", "lstm-p"] = "residual"
    """Network of the generator; lstm-p feeds its distributions back."""
    critic: Literal["residual", "lstm"] = "residual"
    """Network of the critic."""
    output: Literal["softmax", "gumbel"] = "softmax"
    """The distribution itself, or straight-through Gumbel samples with a temperature that falls from 1 to 0.1."""
    filters: int = pydantic.Field(512, ge=1)
    """Channels of the convolutions or units of the recurrent layer; 512 overfits small texts."""
    blocks: int = pydantic.Field(5, ge=1)
    """Residual blocks of either network."""
    kernel_size: int = pydantic.Field(5, ge=1)
    """Tokens that one convolution sees."""
    latent: int = pydantic.Field(128, ge=1)
    """Length of the noise vector."""
    initialization: Literal["original", "book"] = "original"
    """Variance-scaled as in the original code, or N(0, 0.02)."""
    condition: Literal["length", "question"] | None = None
    """Condition both networks on the quarter of the row that a sentence fills, or on its question mark."""

    loss: Loss = "wgan-gp"
    """The game; wgan-gp-lp has the one-sided penalty."""
    penalty: float | None = pydantic.Field(None, ge=0)
    """Weight of the game's penalty; by default its source's (10), none for the relativistic ones."""
    n_critic: int = pydantic.Field(10, ge=1)
    """Critic updates per generator update."""
    learning_rate: float = pydantic.Field(1e-4, gt=0)
    """Of both Adam optimizers."""
    beta_2: float = pydantic.Field(0.9, ge=0, lt=1)
    """Adam's second momentum."""
    ema: float | None = pydantic.Field(None, gt=0, lt=1)
    """Decay of an averaged generator that samples are made with; null samples the trained one, as the source does."""
    curriculum: int = pydantic.Field(0, ge=0)
    """Stages of growing length before the whole rows; 0 for none."""
    teacher: bool = False
    """In those stages, give the generator the real tokens before the one it writes; for generator=lstm-p."""
    stage_steps: int = pydantic.Field(5000, ge=1)
    """Steps of each stage of the curriculum."""
    anneal_steps: int = pydantic.Field(20_000, ge=1)
    """Steps in which the temperature of output=gumbel falls."""
    score_samples: int = pydantic.Field(640, ge=2)
    """Sentences that enter the scores of a tick."""

    @property
    def grammar(self) -> str | None:
        """The grammar's name, where the data are its strings."""
        kind, _, name = self.data.partition(":")
        return name if kind == "grammar" else None


def corpus(config: TextConfig) -> TextCorpus:
    """The prepared text of a config; prepared on first use, with a bar on a terminal."""
    with showing(in_bytes=True) as progress:
        return open_corpus(
            config.data, config.corpus, level=config.level, length=config.length, max_size=config.max_size,
            min_count=config.min_count, lowercase=config.lowercase, add_markers=config.add_markers,
            too_long=config.too_long, unknown=config.unknown, deduplicate=config.deduplicate,
            splits=(1 - 2 * config.held_out, config.held_out, config.held_out), progress=progress)


def load(config: TextConfig) -> tuple[TextSet, TextSet]:
    """Training and validation rows."""
    if config.grammar is not None:
        return grammar_sets(Grammar.load(config.grammar), config.rows, config.length, seed=config.seed)
    sets = corpus_sets(corpus(config))
    return sets["train"], sets["validation"]


def placeholder(config: TextConfig) -> tuple[TextSet, None]:
    """Blank rows of the right shape: enough to build and describe a recipe without its text."""
    grammar = None if config.grammar is None else Grammar.load(config.grammar)
    if grammar is not None:
        vocabulary = Vocabulary.for_grammar(grammar)
    else:
        usual = {"character": 97, "word": 2048}[config.level]
        vocabulary = blank_vocabulary(config.max_size or usual, config.level)
    return blank_set(vocabulary, config.batch_size, config.length, grammar=grammar), None


def build(config: TextConfig, train: TextSet, validation: TextSet | None) -> core.Experiment:
    """The experiment of `config`."""
    from gan_text.data.labels import Labels
    from gan_text.models import build_critic, build_generator
    from gan_text.recipes.objectives import objective

    if config.teacher and not (config.curriculum and config.generator == "lstm-p"):
        raise TextConfigError("`teacher` needs a curriculum and a generator that reads its own output. Received: "
                              f"curriculum={config.curriculum}, generator={config.generator!r}. Add --curriculum 4 "
                              "--generator lstm-p.")
    labels = None if config.condition is None else Labels(config.condition, train.vocabulary)
    sizes = {"filters": config.filters, "kernel_size": config.kernel_size, "blocks": config.blocks,
             "initialization": config.initialization, "classes": None if labels is None else labels.classes}
    vocabulary = len(train.vocabulary)
    gan = core.GAN(
        build_generator(vocabulary, config.length, kind=config.generator, output=config.output, latent=config.latent,
                        partial=bool(config.curriculum), **sizes),
        build_critic(vocabulary, config.length, kind=config.critic, **sizes),
        objective(config.loss, config.penalty),
        core.Normal(config.latent),
        n_critic=config.n_critic,
        prepare=core.OneHot(vocabulary),
        ema=config.ema,
        seed=config.seed,
    )
    gan.compile(*config.optimizers())
    return experiment(config, gan, train, validation, labels)


def experiment(config: TextConfig, gan: core.GAN, train: TextSet, validation: TextSet | None,
               labels=None) -> core.Experiment:
    """The phases on `train`, with sheets of sentences and, given held-out rows, scores against them."""
    from gan_text.training.previews import SampleSheets
    from gan_text.training.validation import TextScores

    callbacks = []
    if config.output == "gumbel":
        from gan_text.training.annealing import AnnealTemperature
        callbacks.append(AnnealTemperature(gan, config.anneal_steps))
    stages = parts(config)
    condition = sampling_condition(labels, stages[-1][0])
    sheets = SampleSheets(train, condition)
    scores = None
    if validation is not None and len(validation) > 1:
        scores = TextScores(train, validation, count=config.score_samples, condition=condition)
    return core.Experiment(
        gan, phases(config, train, labels, stages, callbacks), previews=[sheets], validation=scores,
        validation_hash=None if scores is None else scores.content_hash,
        best="js_4" if config.length >= 4 else "js_2", scores=("js_2", "acceptance", "unique"), unit="rows",
        representation={"vocabulary": train.vocabulary.fingerprint}, condition=condition)


def sampling_condition(*made_by):
    """(count) -> named arrays that samples are made with, from all that is not None; None if there is nothing."""
    makers = [part.for_samples for part in made_by if part is not None]
    return (lambda count: {name: value for make in makers for name, value in make(count).items()}) if makers else None


def parts(config: TextConfig) -> list[tuple]:
    """(what is shown of a row, steps) of every stage: whole rows only, without a curriculum."""
    if not config.curriculum:
        return [(None, config.steps)]
    from gan_text.training.curriculum import ShownPart, stages

    return [(ShownPart(shown, config.length, teacher=config.teacher), steps)
            for shown, steps in stages(config.steps, config.curriculum, config.stage_steps, config.length)]


def phases(config: TextConfig, train: TextSet, labels, stages, callbacks) -> list[core.Phase]:
    """One phase per stage."""
    return [core.Phase(train.loader(config.batch_size, seed=config.seed + number, transforms=(labels, shown)), steps,
                       callbacks=callbacks)
            for number, (shown, steps) in enumerate(stages)]


def text_recipe(name: str, description: str | None, config: type[TextConfig], *, placeholder: Callable = placeholder,
                presets: Mapping[str, Mapping] | None = None) -> Recipe:
    """A recipe on text: what its module adds to the parts of this one."""
    return Recipe(name=name, description=description or "", config=config, load=load, placeholder=placeholder,
                  build=build, presets=presets or {}, run_class=TextRun, check_data=refuse_other_vocabulary)
