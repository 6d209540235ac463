"""``python -m mock_cognitosync`` is the command ``mock-cognitosync``."""

import sys

from .server.command import main

sys.exit(main())
