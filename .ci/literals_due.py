"""Due times of schedules over the changes of clocks, by a second reading of RFC 5545: croniter says which readings of a clock
without a zone a schedule has, and the zone's clock places them. Prints the table that `tests/golden/due.txt` is."""

import datetime
import zoneinfo

from croniter import croniter

# Clocks of five continents that are set in 2026: at midnight, by half an hour, twice within a month, on a day of the week
# that is no Sunday.
ZONES = ["Africa/Cairo", "Africa/Casablanca", "America/New_York", "America/Nuuk", "America/Santiago", "America/St_Johns",
         "Antarctica/Troll", "Asia/Beirut", "Asia/Jerusalem", "Australia/Lord_Howe", "Europe/Helsinki", "Europe/London",
         "Pacific/Auckland"]
SCHEDULES = ["30 3 * * *", "0 2 * * *", "30 1 * * *", "30 2 * * *", "0 0 * * *", "15 0 * * *", "0 * * * *", "*/15 * * * *",
             "0 */2 * * *", "15 1-4 * * *", "0 3 * * sun", "30 23 * * *", "*/20 0-3 * * *", "45 2 29 3 *"]
UTC = datetime.timezone.utc
DAY, HOUR = datetime.timedelta(days=1), datetime.timedelta(hours=1)
# So far before and after each change.
AROUND = 14 * HOUR


def offset(zone, moment):
    return moment.replace(tzinfo=UTC).astimezone(zone).utcoffset()


def changes(zone):
    """The moments of 2026 at which the clock is set, to the minute."""
    moment, end = datetime.datetime(2026, 1, 1), datetime.datetime(2027, 1, 1)
    while moment < end:
        if offset(zone, moment) != offset(zone, moment + HOUR):
            minutes = (moment + datetime.timedelta(minutes=at) for at in range(1, 61))
            yield next(one for one in minutes if offset(zone, one) != offset(zone, moment))
        moment += HOUR


def placed(zone, reading, hourly):
    """The moments at which a reading is due."""
    around = {offset(zone, reading + by) for by in (-DAY, datetime.timedelta(), DAY)}
    read_so = sorted(reading - by for by in around if offset(zone, reading - by) == by)
    if hourly:
        return read_so
    # A reading that is skipped has the offset from before.
    return read_so[:1] or [reading - offset(zone, reading - DAY)]


def due(zone, schedule, after, until):
    hourly = schedule.split()[1].startswith("*")
    readings = croniter(schedule, after - 2 * DAY)
    found = set()
    while (reading := readings.get_next(datetime.datetime)) < until + 2 * DAY:
        found |= {moment for moment in placed(zone, reading, hourly) if after < moment <= until}
    return sorted(found)


print("# zone | schedule | from | to | due: days and times in UTC. Made by .ci/literals_due.py.")
for name in ZONES:
    zone = zoneinfo.ZoneInfo(name)
    for change in changes(zone):
        after, until = change - AROUND, change + AROUND
        for schedule in SCHEDULES:
            moments = " ".join(f"{moment:%dT%H:%M}" for moment in due(zone, schedule, after, until))
            print(f"{name} | {schedule} | {after:%Y-%m-%dT%H:%M}Z | {until:%Y-%m-%dT%H:%M}Z | {moments}".rstrip())
