"""Settings of every suite: tests are never timed, and generated cases are the same in every run."""

try:
    from hypothesis import settings
except ImportError:  # the session `oracles` installs no hypothesis
    pass
else:
    settings.register_profile("house", deadline=None, derandomize=True)
    settings.load_profile("house")
