"""Makes `python -m tests.bench` the same as `build.py bench` without building first."""

import sys

from tests.bench.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
