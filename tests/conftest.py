"""What all tests share: the draws of hypothesis are the same in every run; `make torture` draws new ones."""

from hypothesis import settings

settings.register_profile("same", derandomize=True, database=None)
settings.register_profile("new", database=None)
settings.load_profile("same")
