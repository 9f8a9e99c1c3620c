"""LanguageTool as language-tool-python keeps it; no other module knows that package.

The package is under the GPL, so it comes with the extra ``grammar`` and no other way.
"""

from collections.abc import Callable
from pathlib import Path

from mtcheck.errors import ResourceError


def downloaded(tell: Callable[[str], object]) -> Path:
    """Return the folder of a LanguageTool that was downloaded; download it if need be.

    Raises a ResourceError where the package is not installed, or the download fails.
    """
    try:
        from language_tool_python.download_lt import (
            LTP_DOWNLOAD_VERSION,
            LocalLanguageTool,
        )
    except ImportError as error:
        raise ResourceError(
            "grammar: there is no LanguageTool; pip install 'mtcheck[grammar]', or "
            "name a folder with its jars in MTCHECK_LANGUAGETOOL, or a server with "
            "--grammar URL"
        ) from error
    try:
        found = LocalLanguageTool.get_latest_installed_version()
        if found is None:
            tell(f"downloading LanguageTool {LTP_DOWNLOAD_VERSION}, some 250 MB, once")
            found = LocalLanguageTool.from_version_name(LTP_DOWNLOAD_VERSION)
            found.download()
        return Path(found.get_directory_path())
    except BaseException as error:  # it ends the program where Java is odd
        if isinstance(error, KeyboardInterrupt):
            raise
        raise ResourceError(
            f"grammar: LanguageTool cannot be had ({error}); name a folder with its "
            "jars in MTCHECK_LANGUAGETOOL, or a server with --grammar URL"
        ) from error
