"""Runs a Python module as `python -m` does, or a folder with a `__main__.py`, and ends with the process that started it.

That process holds the other end of this one's standard input. When it dies, however it dies, the input ends, and
then this process and all that it started (its process group) are killed. A byte on the input lets go: from then on
this process lives for itself.
"""

import os
import runpy
import signal
import sys
import threading


def follow_parent():
    if os.read(0, 1) == b"":
        os.killpg(0, signal.SIGKILL)


threading.Thread(target=follow_parent, daemon=True).start()
del sys.argv[0]
if os.path.isabs(sys.argv[0]):
    runpy.run_path(sys.argv[0], run_name="__main__")
else:
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
