"""The only room that knows Streamlit: the frame around every page, the URL, the cache and the panels."""
