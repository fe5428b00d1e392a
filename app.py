"""Starts the dashboard: `streamlit run app.py`."""

import streamlit as st

if __name__ == "__main__":  # a viewer's run of the script
    from csp_dash.ui import frame

    frame.run()
else:  # the server's import of it, once
    from csp_dash.ui import server

    app = st.App(__file__, middleware=server.guards())
