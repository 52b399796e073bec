import type { ExchangeSummary, InFlight } from '../../../../shared/model/index.js';

/** A row of the live view: an exchange under way, or one that is stored. */
export type LiveRow =
  | { id: string; startedAt: string; flight: InFlight; done: null }
  | { id: string; startedAt: string; flight: null; done: ExchangeSummary };

/** Newest first; what is stored already is no longer in flight, even where the two answers overlap. */
export function mergeRows(flights: InFlight[], stored: ExchangeSummary[]): LiveRow[] {
  const storedIds = new Set(stored.slice(0, 500).map((exchange) => exchange.exchange_id));
  const rows: LiveRow[] = flights
    .filter((flight) => !storedIds.has(flight.exchange_id))
    .sort((a, b) => (a.exchange_id < b.exchange_id ? 1 : -1))
    .map((flight) => ({ id: flight.exchange_id, startedAt: flight.started_at, flight, done: null }));
  for (const done of stored) rows.push({ id: done.exchange_id, startedAt: done.started_at, flight: null, done });
  return rows;
}

/** `api.openai.com` and `/v1/chat/completions` of a redacted URL, which need not parse. */
export function splitUrl(url: string): { host: string; path: string } {
  const match = /^[a-z]+:\/\/([^/?#]*)([^#]*)/i.exec(url);
  return match ? { host: match[1] ?? '', path: match[2] || '/' } : { host: '', path: url };
}
