"""Lesson, Run -> files: the page with its outputs, the program, the notebook, the figures."""
