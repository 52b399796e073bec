import type { InFlight } from '../../shared/model/index.js';
import { toIso } from '../../shared/model/index.js';
import { nowMicros } from './clock.js';
import { header } from './headers.js';
import type { ExchangeRecorder } from './recorder.js';

/** Open exchanges shown at most; the rest is only counted. */
const shown = 500;

/** What the live view names a client by, and its guess at the model; both come from the decode room. */
export interface LiveNaming {
  clientName(headers: [string, string][]): string;
  peekModel(contentType: string | undefined, firstBytes: Uint8Array, url?: string): string | null;
}

/** The open exchanges as the live view lists them, oldest first. URLs still carry what the client sent. */
export function inFlightSnapshot(
  open: Map<string, ExchangeRecorder>,
  naming: LiveNaming,
  models: WeakMap<ExchangeRecorder, string | null>,
): InFlight[] {
  const list: InFlight[] = [];
  for (const recorder of open.values()) {
    if (list.length >= shown) break;
    const { head } = recorder;
    if (!models.has(recorder)) {
      const first = recorder.requestTee.peek();
      if (first) models.set(recorder, naming.peekModel(header(head.headers, 'content-type'), first, head.target.url));
    }
    list.push({
      exchange_id: recorder.id,
      started_at: toIso(recorder.startedAt),
      client: naming.clientName(head.headers),
      session: head.session ?? null,
      method: head.method,
      url: head.target.url.split('?', 1)[0] as string,
      model: models.get(recorder) ?? null,
      phase:
        recorder.status === null
          ? recorder.requestTee.bytes > 0 && nowMicros() - recorder.startedAt < 50_000
            ? 'request'
            : 'waiting'
          : 'streaming',
      status: recorder.status,
      ttfb_ms: recorder.firstByteAt === undefined ? null : (recorder.firstByteAt - recorder.startedAt) / 1000,
      request_bytes: recorder.requestTee.bytes,
      response_bytes: recorder.responseTee.bytes,
    });
  }
  return list;
}
