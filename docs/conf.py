"""How Sphinx builds the documentation: Markdown through MyST, docstrings through autodoc."""

from __future__ import annotations

from pairkit._version import __version__

project = "pairkit"
author = "The pairkit developers"
copyright = f"2026, {author}"  # noqa: A001 - the name Sphinx reads
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_default_options = {
    "members": True,
    "show-inheritance": True,
    "exclude-members": "model_config,model_post_init",  # pydantic's own
}
autodoc_member_order = "bysource"
autodoc_typehints = "description"  # a signature with every type of a pydantic model is unreadable
autodoc_typehints_description_target = "documented_params"
autodoc_typehints_format = "short"
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

# Every public name of ours has to resolve. No other library is linked: that would need a network.
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(?!pairkit\.).*"),
    ("py:.*", r"pairkit\.(.+\.)?(_\w+|[A-Z])"),  # private names and type variables
]

html_theme = "furo"
html_title = f"pairkit {release}"
