"""The tests of the build: one file a module of `coursebuild/`, and golden cases to read."""
