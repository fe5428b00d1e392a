"""Settings of an instance, read from environment variables.

=======================  ==========================================================================
CSP_DASH_PROFILE         `partner` (default) or `public`, the hosted instance: no illustrative
                         figures, and sensitive measures, with what would tell them, at borough level only
CSP_DASH_ILLUSTRATIVE    `on` or `off`; overrides the profile for illustrative figures
CSP_DASH_CACHE           folder for the database that is made from the snapshot (default data/built)
CSP_DASH_BASEMAP         address of a MapLibre style, drawn beneath the maps to zoom in (off unless set;
                         it asks another server, so the public profile refuses it)
=======================  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from csp_dash.domain.enums import Trust
from csp_dash.domain.geography import AreaKind


@dataclass(frozen=True, slots=True)
class Settings:
    public: bool = False
    illustrative: bool = True
    cache: str = ""
    basemap: str = ""

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Settings from environment variables; ValueError names a variable with a value it cannot have."""
        profile = environment.get("CSP_DASH_PROFILE", "partner").strip().lower()
        if profile not in ("partner", "public"):
            raise ValueError(f"CSP_DASH_PROFILE is '{profile}'. Set it to 'partner' or 'public'.")
        shown = environment.get("CSP_DASH_ILLUSTRATIVE", "off" if profile == "public" else "on").strip().lower()
        if shown not in ("on", "off"):
            raise ValueError(f"CSP_DASH_ILLUSTRATIVE is '{shown}'. Set it to 'on' or 'off'.")
        basemap = environment.get("CSP_DASH_BASEMAP", "").strip()
        if basemap and not basemap.startswith(("https://", "http://")):
            raise ValueError(
                f"CSP_DASH_BASEMAP is '{basemap}'. Set it to the address of a MapLibre style, or leave it out."
            )
        if basemap and profile == "public":
            raise ValueError(
                "CSP_DASH_BASEMAP asks another server, which the public profile never does. Leave one of them out."
            )
        return cls(profile == "public", shown == "on", environment.get("CSP_DASH_CACHE", "").strip(), basemap)

    def shows(self, trust: Trust, held_back: bool, kind: AreaKind | None = None) -> bool:
        """Whether this instance shows an indicator at a kind of area. `held_back` ones have no figures of wards in public."""
        if trust is Trust.ILLUSTRATIVE and not self.illustrative:
            return False
        return not (self.public and held_back and kind in (AreaKind.WARD, AreaKind.LSOA))
