"""Report: what a matching looks like, as numbers and as plots."""
