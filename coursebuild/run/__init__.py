"""Lesson -> Run: execute its cells once in a process of their own, and keep what they gave."""
