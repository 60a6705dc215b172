"""Makes `python -m pysync_build` the command that `build.py` starts."""

import sys

from pysync_build.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
