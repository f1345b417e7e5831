"""How hard the property tests try: `HYPOTHESIS_PROFILE=long pytest tests/properties` takes minutes and new examples."""

import os

from hypothesis import HealthCheck, settings

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)

settings.register_profile("suite", max_examples=25, deadline=None, derandomize=True, suppress_health_check=SLOW)
settings.register_profile("long", max_examples=2_000, deadline=None, suppress_health_check=SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
