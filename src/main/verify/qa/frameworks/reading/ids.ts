const longestId = 500;

/** What differs from run to run in the name of the same test. */
const passing: readonly (readonly [RegExp, string])[] = [
  // Objects as Python, Ruby and Java print them.
  [/\bat 0x[0-9a-f]{4,16}\b/gi, 'at 0x…'],
  [/\b0x[0-9a-f]{8,16}\b/gi, '0x…'],
  [/#<([A-Za-z_:]{1,80}):0x[0-9a-f]{6,16}/g, '#<$1:0x…'],
  [/(\.[A-Z]\w{0,80})@[0-9a-f]{5,8}\b/g, '$1@…'],
  [/(?:\/private)?\/(?:var\/folders|tmp|var\/tmp)\/[^\s,;:'"()[\]]{1,300}/g, '/tmp/…'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '…uuid…'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]\d{3,9}(?:Z|[+-]\d\d:?\d\d)?/g, '…time…'],
];

/**
 * A test's id as it is in every run: without addresses, temporary paths, random ids and times to the fraction of a second; dates
 * that a parameter names stay.
 */
export function stableId(id: string): string {
  let stable = id;
  if (/0x|@|\/tmp|\/var|-|:\d\d[.,]/.test(id))
    for (const [pattern, by] of passing) stable = stable.replace(pattern, by);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these go
  stable = stable.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return stable.length > longestId ? `${stable.slice(0, longestId - 1)}…` : stable;
}
