"""`python -m csp_dash COMMAND`."""

import sys

from csp_dash.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
