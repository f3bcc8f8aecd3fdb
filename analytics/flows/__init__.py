"""Lanes on a map: their ways over the globe, the plane they are drawn in, and places that merge when near."""

from __future__ import annotations

from analytics.flows.analysis import FlowAnalytics, Flows, heaviest
from analytics.flows.clusters import Scene, View, extent, fitting, scene, world

__all__ = ["FlowAnalytics", "Flows", "Scene", "View", "extent", "fitting", "heaviest", "scene", "world"]
