"""The thresholds: numbers of the rule that sorts people into strata (`insight/stratum`); an operator can set others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Thresholds:
    """The numbers of the rule; an operator can set others. Windows are days on the group's calendar, today included."""

    core_days: int = 3
    core_window: int = 7
    core_weeks: int = 4
    core_pace: int = 12
    """Days in `core_weeks` windows that do as well, so that one week of holidays costs nobody their place."""
    regular_days: int = 30
    kol_window: int = 90
    kol_answered_by: int = 8
    """Distinct people who answer in `kol_window` …"""
    kol_answered_share: float = 0.15
    """… at least this share of those who spoke in it …"""
    kol_times_usual: float = 2.0
    """… and so many times what is usual among them (the mean): where everybody answers everybody, nobody leads."""
    kol_brought: int = 3
    """People brought into the group in `kol_window`."""
    mouth_brought: int = 1
    """People brought in within `kol_window` by somebody who does not speak."""
    answered_weight: float = 0.5
    """What makes somebody an answerer: evidence of this fresh weight (one likely reply, or three turns)."""
