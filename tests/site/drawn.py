"""Runs the program that its first argument names as plain Python would, and notes the figures that it shows.

They are drawn as a page's are, so that both can be compared. What they are goes to the file that the second names.
"""

import json
import runpy
import sys
from pathlib import Path

from coursebuild.run import worker

if "matplotlib" in sys.modules:
    worker.style()
else:
    sys.meta_path.insert(0, worker.Styled())  # type: ignore[arg-type]
program, figures = sys.argv[1:3]
sys.argv = [program]
try:
    runpy.run_path(program, run_name="__main__")
finally:
    Path(figures).write_text(json.dumps([svg for svg, _ in worker.drawn()]))
