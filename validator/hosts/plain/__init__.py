"""A plain Git server that guards its main."""
