"""How Sphinx builds the documentation: Markdown through MyST, docstrings through autodoc."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from pygments.lexers.special import TextLexer

from pairkit._version import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

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
    ("py:.*", r"pairkit\..+\.(Annotated|Scalar)"),
    (
        "py:class",
        r"pairkit\.(answering\.Answering|outcome\.Outcome|solution\.Proved)",
    ),  # bases, shown in their classes
]

html_theme = "furo"
html_title = f"pairkit {release}"
html_math_renderer = "mathml"


def _inline_math(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula as MathML, which browsers show without a network."""
    translator.body.append(str(tex2mathml(node.astext(), as_block=False)))
    raise nodes.SkipNode


def _block_math(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on lines of its own as MathML."""
    formula = tex2mathml(node.astext(), as_block=True)
    translator.body.append(f'<div class="math">{formula}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Add what Sphinx lacks: formulas without a network, and tables of commas as plain text."""
    app.add_html_math_renderer("mathml", (_inline_math, None), (_block_math, None))
    app.add_lexer("csv", TextLexer)
