"""Live HTML: tables, tiles and maps of our own making in which a part can be chosen by mouse, touch or keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import streamlit as st

_SHOWN = st.components.v2.component(
    "csp_dash.live",
    html='<div class="live"></div>',
    js=Path(__file__).with_name("live.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def live(
    html: str,
    key: str,
    *,
    chosen: Iterable[str] = (),
    on_choose: Callable[[str], None] | None = None,
    marks: bool = True,
) -> str:
    """Show HTML and return what was just chosen in it, empty for nothing.

    An element with `data-choose="name"` can be chosen; those of `chosen` are marked. `on_choose` is called before the run
    goes on, as a widget's callback is; with it the browser marks the choice at once, but not without `marks`, where
    the choice is shown elsewhere. Whatever is not ours must be escaped in `html`.
    """

    def tell() -> None:
        name = st.session_state[key].get("chosen")
        if name and on_choose is not None:
            on_choose(str(name))

    found = _SHOWN(
        key=key,
        data={"html": html, "chosen": " ".join(chosen), "marks": marks and on_choose is not None},
        on_chosen_change=tell,
    )
    return str(found.get("chosen") or "")
