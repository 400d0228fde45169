"""All settings that can be compared: every module of this package that has a `Setting`."""

from importlib import import_module
from pkgutil import iter_modules

from drift.settings.setting import Setting


def _found() -> tuple[type[Setting], ...]:
    for module in iter_modules(__path__, f"{__name__}."):
        import_module(module.name)
    return tuple(sorted(Setting.__subclasses__(), key=lambda setting: setting.type))


SETTINGS = _found()
"""Every setting, sorted by type."""
