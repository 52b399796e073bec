import { isSecret } from '../../../src/main/redact/entities.js';
import { Random } from '../fuzz/random.js';
import { plantings } from './measure.js';
import { negativeMakers } from './negatives.js';
import type { Peer } from './peers.js';

export interface PeerScore {
  planted: number;
  found: number;
  wrong: number;
}

/** Peers read text, and some take long for it: they get this many of the planted values. */
const most = 3000;

/**
 * What each peer finds in the bodies, URLs and headers of the same exchanges, given to it as text. A value counts where
 * a span covers at least half of it as it stands there; in base64, or in pieces of a stream, nothing does. Texts that
 * only look alike count against it.
 */
export async function measurePeers(
  peers: readonly Peer[],
  spans: number,
  seed: number,
): Promise<Record<string, { secrets: PeerScore; personal: PeerScore }>> {
  const out: Record<string, { secrets: PeerScore; personal: PeerScore }> = {};
  for (const { id, find } of peers) {
    const scores = { secrets: { planted: 0, found: 0, wrong: 0 }, personal: { planted: 0, found: 0, wrong: 0 } };
    for (const { value, exchange } of plantings(Math.min(spans, most), seed)) {
      const score = isSecret(value.entity) ? scores.secrets : scores.personal;
      score.planted++;
      const { url, request, response } = exchange;
      const text = [url, ...request.headers.map((pair) => pair.join(': ')), request.body, response?.body ?? '']
        .map((part) => part.toString())
        .join('\n');
      const at = text.indexOf(value.text);
      if (at === -1) continue;
      const end = at + value.text.length;
      const covered = (await find(text)).some(
        (span) => Math.min(span.end, end) - Math.max(span.start, at) >= (end - at) / 2,
      );
      if (covered) score.found++;
    }
    const random = new Random(seed);
    for (const make of Object.values(negativeMakers)) {
      for (const { entity } of await find(make(random)))
        (entity === 'SECRET' ? scores.secrets : scores.personal).wrong++;
    }
    out[id] = scores;
  }
  return out;
}
