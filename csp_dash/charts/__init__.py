"""Pictures of numbers: pure functions from a frame to a Plotly figure. They never query and never know the page."""
