"""Starts Streamlit as if the app did not freeze the heap: `python -m bench.unfrozen run app.py ...`.

No flag takes gc.freeze() back, so it is made to do nothing before the app runs.
"""

import gc
import sys

from streamlit.web.cli import main

gc.freeze = lambda: None

if __name__ == "__main__":
    sys.argv[0] = "streamlit"
    main()
