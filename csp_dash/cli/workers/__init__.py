"""Several server processes behind one port: `python -m csp_dash.cli.workers PORT NUMBER`, which `serve --workers` runs.

`pool` keeps the processes alive, `relay` brings each viewer to one of them and back to the same, `line` speaks HTTP with
either side, and `worker` is what each process runs. None of them imports the dashboard: the relay stays small.
"""
