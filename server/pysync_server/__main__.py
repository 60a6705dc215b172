"""Makes `python -m pysync_server` start the server."""

import sys

from pysync_server.main import main

if __name__ == "__main__":
    sys.exit(main())
