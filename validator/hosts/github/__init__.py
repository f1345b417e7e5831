"""A registry on GitHub: events, remarks, settings, code owners, workflows."""
