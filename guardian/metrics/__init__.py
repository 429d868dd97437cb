"""Snapshot to metric families, and their exposition."""

from guardian.metrics.discovery import service_discovery
from guardian.metrics.exposition import CONTENT_TYPE, Exposition, render, render_client

__all__ = ["CONTENT_TYPE", "Exposition", "render", "render_client", "service_discovery"]
