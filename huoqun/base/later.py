"""Later: an engine that a run may not need, loaded when it is first asked for something.

Its home names it at the top as any other import, for reader and type checker; only the loading waits:

    if TYPE_CHECKING:
        import openpyxl
    else:
        openpyxl = later("openpyxl")
"""

from importlib import import_module
from types import ModuleType


class _Later(ModuleType):
    """Stands for a module until something of it is asked for, then passes every question on."""

    def __getattr__(self, attribute: str) -> object:
        found = getattr(import_module(self.__name__), attribute)
        setattr(self, attribute, found)
        return found


def later(name: str) -> ModuleType:
    """The top-level module of that name, not loaded yet. Any thread may be the first to use it."""
    return _Later(name)
