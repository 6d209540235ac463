"""The documentation site: `make docs` builds it into `docs/_build`, without warnings and without the network."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.append(str(Path(__file__).parent / "_ext"))

project = "mock_cognitosync"
version = release = installed_version("mock-cognitosync")
copyright = "The maintainers of mock-cognitosync"  # noqa: A001

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "further_pages",
    "mermaid",
    "rules",
]
exclude_patterns = ["_build", "_ext"]

myst_heading_anchors = 3
myst_fence_as_directive = ["mermaid"]
myst_enable_extensions = ["linkify"]

html_theme = "furo"
html_title = f"mock_cognitosync {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
# Fonts are those of the reader's system.
html_theme_options = {"navigation_with_keys": True}
pygments_style = "default"

autoclass_content = "both"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False

nitpicky = True
# Names of other projects, whose inventories are on the network, and names inside the package that are not public.
nitpick_ignore_regex = [
    (r"py:.*", r"(?!mock_cognitosync\.\w+$).*"),
]
suppress_warnings = ["toc.empty_glob"]
