"""Read a lesson, run it once, weave the results into its text, and prove it.

`lesson` reads a page and accounts for every fence, `run` runs its cells, `cache` keeps what ran, `render` weaves,
`build` does so for a folder of lessons. Only `mkdocs_hook` knows MkDocs, only `finish` the built site.
"""
