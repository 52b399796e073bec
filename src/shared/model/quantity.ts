import * as z from 'zod';

/** A cost or a span of time as programs write it: a number, or text with its unit. */
export const quantitySchema = z.union([z.number(), z.string().max(200)]);
export type Quantity = z.infer<typeof quantitySchema>;

/** US dollars of `0.15`, `$0.15`, `0.15 USD`, `US$1,200.50`, `15¢`; undefined where it is no amount of them. */
export function costOf(value: Quantity): number | undefined {
  if (typeof value === 'number') return finite(value);
  const text = value.trim().slice(0, 200);
  const cents = /^(-?[\d.,]+) ?(?:¢|cents?)$/i.exec(text)?.[1];
  if (cents !== undefined) {
    const amount = amountOf(cents);
    return amount === undefined ? undefined : amount / 100;
  }
  const dollars = /^(-)?(?:US ?)?\$ ?([\d.,]+)$/i.exec(text) ?? /^(-)?([\d.,]+)(?: ?(?:USD|dollars?|\$))?$/i.exec(text);
  const amount = dollars === null ? undefined : amountOf(dollars[2] as string);
  return amount === undefined || dollars?.[1] === undefined ? amount : -amount;
}

const unitSeconds: readonly [unit: RegExp, seconds: number][] = [
  [/^(?:us|µs|μs|microseconds?)$/i, 1e-6],
  [/^(?:ms|msecs?|millis|milliseconds?)$/i, 1e-3],
  [/^(?:s|secs?|seconds?)$/i, 1],
  [/^(?:m|mins?|minutes?)$/i, 60],
  [/^(?:h|hrs?|hours?)$/i, 3600],
  [/^(?:d|days?)$/i, 86_400],
];

/**
 * Seconds of `45`, `45s`, `1.2s`, `250ms`, `1h 5m`, `2 minutes`, `PT1M30S`, `02:30:00` and `01:30` (minutes and seconds);
 * undefined where it is no span of time.
 */
export function secondsOf(value: Quantity): number | undefined {
  if (typeof value === 'number') return finite(value);
  const text = value.trim().slice(0, 200);
  if (/^\d+(?:\.\d+)?$/.test(text)) return finite(Number(text));
  const clock = /^(?:(?:(\d{1,4})[.:])?(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:\.\d{1,9})?)$/.exec(text);
  if (clock !== null) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = clock.slice(1).map((part) => Number(part ?? 0));
    return exact(days * 86_400 + hours * 3600 + minutes * 60 + seconds);
  }
  const iso = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i.exec(text);
  if (iso?.slice(1).some((part) => part !== undefined)) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = iso.slice(1).map((part) => Number(part ?? 0));
    return exact(days * 86_400 + hours * 3600 + minutes * 60 + seconds);
  }
  if (!/^(?:\d+(?:\.\d+)? ?[a-zµμ]+[ ,]*)+$/i.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?) ?([a-zµμ]+)/gi)) {
    const unitEntry = unitSeconds.find(([form]) => form.test(unit as string));
    if (unitEntry === undefined) return undefined;
    total += Number(amount) * unitEntry[1];
  }
  return exact(total);
}

/** Milliseconds of a span that is told in seconds or as text. */
export function millisOfSpan(value: Quantity): number | undefined {
  const seconds = secondsOf(value);
  return seconds === undefined ? undefined : exact(seconds * 1000);
}

/** `HH:MM:SS` of milliseconds, with thousandths where there are any. */
export function clockOf(ms: number): string {
  const whole = Math.round(ms);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const rest = whole % 1000;
  const clock = `${two(whole / 3_600_000)}:${two((whole / 60_000) % 60)}:${two((whole / 1000) % 60)}`;
  return rest === 0 ? clock : `${clock}.${String(rest).padStart(3, '0')}`;
}

/** With a comma as the thousands' mark: one before the last three digits, or before every three. */
function amountOf(digits: string): number | undefined {
  const plain = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(digits) ? digits.replaceAll(',', '') : digits;
  return /^-?(?:\d+(?:\.\d+)?|\.\d+)$/.test(plain) ? finite(Number(plain)) : undefined;
}

/** Without the dust of binary fractions. */
function exact(value: number): number | undefined {
  return finite(Math.round(value * 1e9) / 1e9);
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
