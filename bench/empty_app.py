"""The least that Streamlit can show: what every page is measured against."""

import streamlit as st

st.set_page_config(page_title="Empty", layout="wide")
st.write("Ready")
