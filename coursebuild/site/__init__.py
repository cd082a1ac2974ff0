"""Files -> site: the MkDocs plugin, and the finish that any generator's HTML can be given."""
