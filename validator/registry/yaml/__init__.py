"""The strict subset of YAML that registry files are written in: reading and writing it."""
