"""The public interface of the schedule package."""

from dataclasses import dataclass

from bot.schedule.calendars import Calendars
from bot.schedule.events import ScheduleEvents
from bot.schedule.mirror import Mirror
from bot.schedule.planning import Planning
from bot.schedule.reminders import Reminders
from bot.schedule.rundown import Rundown
from bot.schedule.schedule_files import ScheduleFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The schedule's services: events, planning, files, calendars, reminders, the morning list, and the mirror."""

    events: ScheduleEvents
    planning: Planning
    files: ScheduleFiles
    calendars: Calendars
    reminders: Reminders
    rundown: Rundown
    mirror: Mirror
