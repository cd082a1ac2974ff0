"""What the server that lessons are forked from imports, once a build: what the lessons import.

Without TensorFlow's start-up notes, and with note taken of every file that is read.
"""

import contextlib
import importlib
import os
import sys

from coursebuild.run.worker import listen

listen()
stderr, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
os.dup2(null, 2)
for module in os.environ.pop("COURSEBUILD_PRELOAD", "").split():
    with contextlib.suppress(Exception):  # what cannot be imported, the lesson tells
        importlib.import_module(module)
if "matplotlib" in sys.modules:
    importlib.import_module("coursebuild.run.backend")
    importlib.import_module("matplotlib.backends.backend_svg")
os.dup2(stderr, 2)
os.close(stderr)
os.close(null)
