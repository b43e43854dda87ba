from __future__ import annotations

from hypothesis import settings

# A busy machine must not fail a property: nothing here asserts a time.
settings.register_profile("pairkit", deadline=None)
settings.load_profile("pairkit")
