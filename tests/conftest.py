from __future__ import annotations

from hypothesis import settings

# A busy machine must not fail a property: nothing here asserts a time. The same examples each time
# make a failure a change's own; `pytest --hypothesis-profile=search` draws new ones.
settings.register_profile("pairkit", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None)
settings.load_profile("pairkit")
