import type { Assembled } from '../../../shared/model/index.js';
import type { Schema } from '../sqlite/schema.js';

export type Term = [field: string, value: string];

/** The values by which an exchange is found, each once. */
export function exchangeTerms(row: Omit<Schema['exchanges'], 'id'>, assembled: Assembled): Term[] {
  const { decoded, call } = assembled;
  const terms: Term[] = [
    ['kind', row.kind],
    ['via', row.via],
    ['method', row.method],
    ['client', row.client],
    ['state', row.state],
    ['format', row.format],
  ];
  const host = hostOf(row.url);
  if (host !== null) terms.push(['host', host]);
  if (row.session !== null) terms.push(['session', row.session]);
  if (row.upstream !== null) terms.push(['upstream', row.upstream]);
  if (row.model !== null) terms.push(['model', row.model]);
  if (row.status !== null) terms.push(['status', String(row.status)]);
  for (const tool of JSON.parse(row.tool_names) as string[]) terms.push(['tool', tool], ['flag', 'tool']);
  for (const { entity } of decoded.exchange.findings) terms.push(['entity', entity], ['flag', 'findings']);
  if (row.state === 'aborted') terms.push(['flag', 'aborted']);
  if (row.error !== null || row.state === 'failed' || (row.status ?? 0) >= 400) terms.push(['flag', 'error']);
  if (row.undecoded === 1) terms.push(['flag', 'undecoded']);
  if (row.trace !== null) terms.push(['flag', 'trace']);
  const truncated = decoded.exchange.request.truncated || decoded.exchange.response?.truncated === true;
  if (truncated || call?.call.partial === true) terms.push(['flag', 'partial']);
  return unique(terms);
}

/**
 * Values that most exchanges have are counted, but have no entries in `exchange_terms`: the entry would cost more than
 * it saves, since a list of them is found by walking all. Their conditions look at the row.
 */
export function isCommon([field, value]: Term): boolean {
  switch (field) {
    case 'via':
      return true;
    case 'kind':
      return value === 'http';
    case 'method':
      return value === 'POST' || value === 'GET';
    case 'state':
      return value === 'complete';
    case 'status':
      return value === '200';
    case 'flag':
      return value === 'tool' || value === 'trace';
    default:
      return false;
  }
}

function unique(terms: Term[]): Term[] {
  return [...new Map(terms.map((term) => [term.join('\n'), term])).values()];
}

/** Host and port of a URL; null where it has none. */
export function hostOf(url: string): string | null {
  // A CONNECT names only the authority.
  if (/^[^/:]+:\d+$/.test(url)) return url.toLowerCase();
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(url)?.[1]?.toLowerCase() ?? null;
}
