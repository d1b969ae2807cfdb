"""Previews of strangers' files: `limited` starts a process for each, and the other modules run there."""
