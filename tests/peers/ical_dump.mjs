// Prints what ical.js reads in a calendar file: one [uid, day, summary] per event, as JSON.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(process.argv[2], "utf8")));
const events = calendar.getAllSubcomponents("vevent").map((part) => new ICAL.Event(part));
console.log(JSON.stringify(events.map((event) => [event.uid, event.startDate.toString(), event.summary])));
