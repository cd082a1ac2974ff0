"""Read a lesson, run it once, weave the results into its text, and prove it.

One folder a stage, and what flows through them goes down the list and never back: `read` (text -> Lesson), `run`
(Lesson -> Run), `weave` (Lesson, Run -> files), `site` (files -> site). `faults` is how all of them tell what is wrong.
"""
