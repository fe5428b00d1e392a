"""What the reading bench counts in a browser: what stands on a page without a click, wherever it is kept."""

from __future__ import annotations

from bench import reading

PAGE = """
<aside data-testid="stSidebar">menu menu menu</aside>
<main data-testid="stMain" style="height:500px; overflow-y:auto; margin:0">
  <h1>The question of this page stands here, small</h1>
  <p id="first">One sentence of seven words stands here.</p>
  <div style="display:contents"><p>in contents</p></div>
  <div id="shadow"></div>
  <svg width="300" height="100"><title>never</title><text y="20">drawn 2019</text></svg>
  <span data-testid="stIconMaterial">arrow_forward</span>
  <details><summary>Older</summary><p>folded away for now</p></details>
  <p style="display:none">gone</p><p style="opacity:0">faint</p>
  <p style="position:absolute;width:1px;height:1px;overflow:hidden">heard only</p>
  <div style="height:100px;overflow-y:auto"><div style="height:700px">inner</div></div>
</main>
<script>document.getElementById('shadow').attachShadow({mode: 'open'}).innerHTML = '<p>in the shadow</p>'</script>
"""


def test_what_is_folded_or_unseen_is_not_counted_and_the_rest_is(tab):
    page, _ = tab()
    page.set_content(PAGE)
    one = reading.read(page, "plan", 1366)
    words = "The question of this page stands here, small / One sentence of seven words stands here. / in contents / in the shadow / Older / inner"
    assert one.words == reading.counted([words]) + 2 and one.pictured == 2
    assert one.scrolls == 600 and one.whole == one.height + 600 and one.wider == 0
    first, picture = page.locator("#first").bounding_box(), page.locator("svg").bounding_box()
    assert one.edges["verdict"] == round(first["y"] + first["height"]) and one.edges["tiles"] is None
    assert one.edges["picture"] == round(picture["y"] + picture["height"])


def test_what_is_on_a_page_does_not_depend_on_how_far_it_is_scrolled(tab):
    page, _ = tab()
    page.set_content(PAGE)
    before = reading.read(page, "plan", 1366)
    page.locator("main").evaluate("main => main.scrollTo(0, 60)")
    assert reading.read(page, "plan", 1366) == before
