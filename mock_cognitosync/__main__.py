"""``python -m mock_cognitosync`` is the command ``mock-cognitosync``."""

import sys

from .cli import main

sys.exit(main())
