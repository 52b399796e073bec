import type { Micros } from '../model/common.js';

const durationUnits: Record<string, number> = {
  us: 1,
  ms: 1e3,
  s: 1e6,
  m: 60e6,
  min: 60e6,
  h: 3600e6,
  d: 86_400e6,
  w: 7 * 86_400e6,
};
const sizeUnits: Record<string, number> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** `3.5`, `-2`, `1e3`; null where it is no finite number. */
export function parseNumber(text: string): number | null {
  if (!/^[+-]?(\d{1,300}(\.\d{0,300})?|\.\d{1,300})([eE][+-]?\d{1,3})?$/.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** Microseconds of `250us`, `5s`, `1.5h`, `2h30m`; a bare number is milliseconds, like the `_ms` fields. */
export function parseDuration(text: string): number | null {
  const bare = parseNumber(text);
  if (bare !== null) return bare < 0 ? null : bare * 1000;
  return inUnits(text, durationUnits);
}

/** Bytes of `512`, `10kB`, `1.5MB`, `4MiB`. */
export function parseSize(text: string): number | null {
  const bare = parseNumber(text);
  if (bare !== null) return bare < 0 ? null : bare;
  return inUnits(text, sizeUnits);
}

function inUnits(text: string, units: Record<string, number>): number | null {
  if (text.length > 64 || !/^(\d+(\.\d+)?[a-zA-Z]+)+$/.test(text)) return null;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)([a-zA-Z]+)/g)) {
    const factor = units[(unit as string).toLowerCase()];
    if (factor === undefined) return null;
    total += Number(count) * factor;
  }
  return Number.isFinite(total) ? total : null;
}

/** A stretch of time; `end` is exclusive. A moment that was given to the microsecond has `end = start + 1`. */
export interface Stretch {
  start: Micros;
  end: Micros;
}

/**
 * The stretch that a date names: `2026-11-21` is that day, `2026-11` that month, `2026-11-21T09:30Z` that minute,
 * `-2h` the moment two hours before `now`, `today` and `yesterday` a day. Without a zone it is UTC, as in all output.
 */
export function parseDate(text: string, now: Micros): Stretch | null {
  const word = text.toLowerCase();
  const day = 86_400e6;
  const today = Math.floor(now / day) * day;
  if (word === 'now') return { start: now, end: now + 1 };
  if (word === 'today') return { start: today, end: today + day };
  if (word === 'yesterday') return { start: today - day, end: today };
  if (text.startsWith('-')) {
    const ago = inUnits(text.slice(1), durationUnits);
    return ago === null ? null : { start: now - ago, end: now - ago + 1 };
  }
  return parseIsoStretch(text);
}

function parseIsoStretch(text: string): Stretch | null {
  const match =
    /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?([Zz]|[+-]\d\d:?\d\d)?)?)?)?$/.exec(
      text,
    );
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const at = (y: number, mo: number, d: number, h: number, mi: number, s: number) => {
    const date = new Date(0);
    date.setUTCFullYear(y, mo - 1, d);
    date.setUTCHours(h, mi, s);
    return date.getTime() * 1000;
  };
  const n = (part: string | undefined, absent: number) => (part === undefined ? absent : Number(part));
  const [y, mo, d, h, mi, s] = [n(year, 0), n(month, 1), n(day, 1), n(hour, 0), n(minute, 0), n(second, 0)];
  const start = at(y, mo, d, h, mi, s);
  // A date that rolls over (February 30th, 25 o'clock) is a mistake, not the day after.
  const check = new Date(start / 1000);
  const rolled =
    check.getUTCMonth() !== mo - 1 || check.getUTCDate() !== d || check.getUTCHours() !== h || mi > 59 || s > 59;
  if (rolled) return null;
  const shift = zoneMicros(zone);
  if (shift === null) return null;
  if (month === undefined) return { start, end: at(y + 1, 1, 1, 0, 0, 0) };
  if (day === undefined) return { start, end: at(mo === 12 ? y + 1 : y, (mo % 12) + 1, 1, 0, 0, 0) };
  if (hour === undefined) return { start, end: start + 86_400e6 };
  if (second === undefined) return { start: start - shift, end: start - shift + 60e6 };
  if (fraction === undefined) return { start: start - shift, end: start - shift + 1e6 };
  const digits = fraction.slice(0, 6);
  const from = start - shift + Number(digits.padEnd(6, '0'));
  return { start: from, end: from + 10 ** (6 - digits.length) };
}

function zoneMicros(zone: string | undefined): number | null {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600e6 + minutes * 60e6);
}
