"""Point the findings on a claim into the file that it was read from."""

from collections.abc import Mapping

from validator.model.findings import Finding, Verdict, in_order
from validator.registry.yaml.faults import Route
from validator.registry.yaml.reader import Document, read


def in_source(verdict: Verdict, path: str, text: str, source: Document) -> Verdict:
    """The verdict with each finding on `text`, the file at `path`, at the same part of the source, where it has one."""
    written = read(path, text.encode())
    routes = written.routes()
    return verdict._replace(findings=in_order([_moved(one, written, routes, source) for one in verdict.findings]))


def _moved(finding: Finding, written: Document, routes: Mapping[tuple[int, int], Route], source: Document) -> Finding:
    place = finding.location
    route = routes.get((place.line, place.column)) if place.path == written.path else None
    if not route or source.value.get(route[0]) != written.value[route[0]]:
        return finding  # of another file, or of a field that the source does not have so
    place = source.at(*route)
    return finding._replace(location=place, excerpt=source.excerpt(place.line))
