"""The plugin by the path of this file, for a mkdocs.yml that says `hooks: [PATH/coursebuild/mkdocs_hook.py]`.

With the package installed, `plugins: [coursebuild]` says the same and takes options.
"""

import sys
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig

sys.path.insert(0, str(Path(__file__).parents[1]))  # MkDocs loads a hook by its file

from coursebuild.site.plugin import CoursePlugin

PLUGIN = CoursePlugin()


def on_startup(command: str, dirty: bool) -> None:
    PLUGIN.on_startup(command=command, dirty=dirty)


def on_config(config: MkDocsConfig) -> None:
    """Put the plugin among the others; MkDocs then calls it after them."""
    if "coursebuild" not in config.plugins:
        PLUGIN.load_config({})
        config.plugins["coursebuild"] = PLUGIN
