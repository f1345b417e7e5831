"""The places where a registry lives: a plain Git server, GitHub."""
