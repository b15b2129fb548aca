"""The demo world: an invented firm, built through the same actions that people use."""
