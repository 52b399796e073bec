import type { DigitDetector, Span } from './types.js';

const pair = /-?\d{1,3}\.\d{4,12}°?(?: ?[NSEW])?[,;] {0,2}-?\d{1,3}\.\d{4,12}(?!\d|\.\d)/g;
/** Both have one: most numbers of a text do not. */
const fraction = /\d\.\d{3}/;
const place =
  /(?:^|[^a-z])(?:lat|latitude|latlng|lon|lng|longitude|coords?|coordinates?|gps|geo\w{0,12}|located?|location|locations|position|places?|address|map|maps|marker|cent(?:er|re)|destination|origin|waypoints?|lives?|home|at|near)(?![a-z])|(?:Lat|Lng|Lon|Location|Coords?|Coordinates?|Position)(?![a-z])/;
const single =
  /(?<![A-Za-z])(?:lat(?:itude)?|lon(?:gitude)?|lng)["']?[ \t]{0,3}[:=][ \t]{0,3}["']?(-?\d{1,3}\.\d{3,14})(?!\d|\.| ?(?:ms|us|s|ns)\b)/dgi;
const sexagesimal =
  /\d{1,3}° ?\d{1,2}[′'] ?\d{1,2}(?:\.\d{1,6})?[″"] ?[NSEW](?:,? ?\d{1,3}° ?\d{1,2}[′'] ?\d{1,2}(?:\.\d{1,6})?[″"] ?[NSEW])?/g;

/** Nothing but quotes, signs and blanks stands beside it on its line. */
function isAlone(text: string, start: number, end: number): boolean {
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const stop = text.indexOf('\n', end);
  const around = text.slice(from, start) + text.slice(end, stop === -1 ? text.length : stop);
  return around.length < 40 && !/[\p{L}\d()[\]]/u.test(around);
}

const decimal: DigitDetector = {
  id: 'gps',
  entity: 'GPS',
  digits: 4,
  find(text) {
    const spans: Span[] = [];
    if (!fraction.test(text)) return spans;
    for (const { 0: value, index } of text.matchAll(pair)) {
      const end = index + value.length;
      const [latitude = 91, longitude = 181] = value.split(/[,;]/).map((part) => Math.abs(Number.parseFloat(part)));
      if (latitude > 90 || longitude > 180) continue;
      // Weights and probabilities; there it is all sea.
      if (latitude < 2 && longitude < 2) continue;
      // `m 52.29297,-5.34091`: a drawing's path.
      if (/(?:^|[\s"'\d,.-])[mlcsqthvz] {0,2}$/i.test(text.slice(Math.max(0, index - 4), index))) continue;
      // One number more on either side: a row of a matrix, an embedding, a bounding box.
      if (/[\d.]\s{0,3}[,;]?\s{0,40}$|\w$/.test(text.slice(Math.max(0, index - 44), index))) continue;
      if (/^\s{0,3}[,;]\s{0,3}-?[.\d]/.test(text.slice(end, end + 8))) continue;
      // Two numbers are a row, a tuple, arguments, losses, times, unless a place is spoken of or they stand alone.
      if (!place.test(text.slice(Math.max(0, index - 120), index)) && !isAlone(text, index, end)) continue;
      spans.push({ start: index, end, confidence: 0.8 });
    }
    for (const { indices } of text.matchAll(single)) {
      const at = indices?.[1];
      if (at) spans.push({ start: at[0], end: at[1], confidence: 0.9 });
    }
    return spans;
  },
};

const degrees: DigitDetector = {
  id: 'gps:degrees',
  entity: 'GPS',
  digits: 0,
  find(text) {
    if (!text.includes('°')) return [];
    return [...text.matchAll(sexagesimal)].map(({ 0: value, index }) => ({
      start: index,
      end: index + value.length,
      confidence: 0.9,
    }));
  },
};

/**
 * Coordinates of a place on earth (WGS 84): a pair of decimal degrees with at least four places, latitude first, 0.8;
 * after `lat`, `lng` and the like, 0.9; degrees, minutes and seconds, 0.9. Vectors of more than two numbers are none.
 */
export const gpsDetectors: readonly DigitDetector[] = [decimal, degrees];
