"""NOTICE carries what each publisher asks for."""

from support import ROOT

from csp_dash.catalogue import load

NOTICE = (ROOT / "NOTICE").read_text(encoding="utf-8")


def test_every_source_is_attributed():
    for source in load().sources.values():
        if source.id != "nox_illustrative":
            assert source.attribution in NOTICE, source.id
            assert source.url in NOTICE, source.id


def test_borrowed_census_groups_are_attributed():
    assert "www.VisionofBritain.org.uk" in NOTICE


def test_borrowed_weights_of_harm_are_attributed():
    index = load().harm
    assert index.title in NOTICE and index.url in NOTICE
