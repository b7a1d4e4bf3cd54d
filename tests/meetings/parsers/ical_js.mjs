// Reads [[calendar text, from, to], …] from standard input, writes [[[start, end, uid, cancelled], …] | {error}, …].
// Moments are seconds since 1970. The parser is ical.js; where it is, the first argument says.
const { default: ICAL } = await import(process.argv[2]);

function occurrences(text, from, to) {
  ICAL.TimezoneService.reset();
  const calendar = new ICAL.Component(ICAL.parse(text));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  const events = calendar.getAllSubcomponents("vevent").map((part) => new ICAL.Event(part, { strictExceptions: true }));
  const found = [];
  const add = (start, end, event) => {
    const cancelled = event.component.getFirstPropertyValue("status") === "CANCELLED";
    if (start.toUnixTime() >= from && start.toUnixTime() < to)
      found.push([start.toUnixTime(), end.toUnixTime(), event.uid, cancelled]);
  };
  for (const event of events.filter((each) => !each.isRecurrenceException())) {
    for (const other of events)
      if (other.isRecurrenceException() && other.uid === event.uid) event.relateException(other);
    if (!event.isRecurring()) {
      add(event.startDate, event.endDate, event);
      continue;
    }
    const iterator = event.iterator();
    // Instances may be moved into the span from outside of it, so look a good year further.
    for (let next = iterator.next(); next && next.toUnixTime() < to + 400 * 86400; next = iterator.next()) {
      const details = event.getOccurrenceDetails(next);
      add(details.startDate, details.endDate, details.item);
    }
  }
  const masters = new Set(events.filter((each) => !each.isRecurrenceException()).map((each) => each.uid));
  for (const event of events) if (!masters.has(event.uid)) add(event.startDate, event.endDate, event);
  return found.sort((a, b) => a[0] - b[0]);
}

let given = "";
for await (const chunk of process.stdin) given += chunk;
const answers = JSON.parse(given).map(([text, from, to]) => {
  try {
    return occurrences(text, from, to);
  } catch (error) {
    return { error: String(error) };
  }
});
process.stdout.write(JSON.stringify(answers));
