"""May others walk to a file? Its own mode says nothing where a folder above it is closed."""

from __future__ import annotations

from guardian_agent.system.ports import Files

OTHERS_READ = 0o004
OTHERS_WRITE = 0o002
OTHERS_ENTER = 0o001
OTHERS = OTHERS_READ | OTHERS_WRITE
_MOST_FOLDERS = 4096


class Folders:
    """Remembers of each folder whether everybody may walk through it and all above it."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._open: dict[str, bool] = {}

    def are_open(self, folder: str) -> bool:
        """Say whether any local user may enter a folder; what cannot be seen closes nothing.

        Access lists can only narrow or widen what the mode's group says, so a folder whose mode
        lets others in is open whatever its list.
        """
        missing = []
        place = folder.rstrip("/") or "/"
        while place not in self._open:
            missing.append(place)
            if place == "/":
                break
            place = place.rpartition("/")[0] or "/"
        for each in reversed(missing):
            above = each.rpartition("/")[0] or "/"
            is_open = (each == "/" or self._open[above]) and self._lets_in(each)
            self._remember(each, is_open=is_open)
        return self._open[folder.rstrip("/") or "/"]

    def _lets_in(self, folder: str) -> bool:
        try:
            return bool(self._files.stat(folder, follow=True).mode & OTHERS_ENTER)
        except OSError:
            return True

    def _remember(self, folder: str, *, is_open: bool) -> None:
        if len(self._open) >= _MOST_FOLDERS:
            kept = self._open.get(folder.rpartition("/")[0] or "/")
            self._open.clear()
            if kept is not None:
                self._open[folder.rpartition("/")[0] or "/"] = kept
        self._open[folder] = is_open
