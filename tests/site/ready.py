"""A Python that has imported what its arguments name, from which programs and kernels are forked.

Started by proofs.py in the environment of somebody who took a download. It reads one line of JSON for each process,
`[arguments, folder, variables, output]`, and answers with its number, then with its exit status.
"""

import atexit
import contextlib
import importlib
import json
import os
import runpy
import sys
import threading

early = sys.argv[1:]
for module in early:
    with contextlib.suppress(ModuleNotFoundError):  # `from a import b` may mean a.b
        importlib.import_module(module)

for line in sys.stdin:
    arguments, folder, variables, output = json.loads(line)
    if child := os.fork():
        os.setpgid(child, child)  # what ends it ends what it started, and not us
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND), 1)
    os.dup2(os.open(f"{output}-errors", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    sys.path.pop(0)  # the tests' folder
    try:
        if arguments[0] == "-m":
            sys.argv = arguments[1:]
            runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        else:
            sys.argv = arguments
            runpy.run_path(arguments[0], run_name="__main__")
    except SystemExit as end:
        if end.code is not None and not isinstance(end.code, int):
            print(end.code, file=sys.stderr)
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
        status = 1
    else:
        status = 0
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    if early:  # to take down what was imported takes Python two seconds, and tells nothing
        os._exit(status)
    sys.exit(status)
