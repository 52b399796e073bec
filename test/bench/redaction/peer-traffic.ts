import { isSecret } from '../../../src/main/redact/policy/entities.js';
import { Random } from '../fuzz/random.js';
import { plantings } from './measure.js';
import { negativeMakers } from './negatives.js';
import type { Peer } from './peers.js';
import { traffic } from './speed.js';

export interface PeerScore {
  planted: number;
  found: number;
  wrong: number;
}

export interface Beside {
  secrets: PeerScore;
  personal: PeerScore;
  /** Of processor time, over bodies of typical traffic given as text. */
  mb_per_second: number;
}

/** Peers read text, and some take long for it: they get this many of the planted values. */
const most = 3000;
/** Bytes of traffic over which they are timed. */
const timed = 250_000;

/**
 * What each peer finds in the bodies, URLs and headers of the same exchanges, given to it as text. A value counts where
 * a span covers at least half of it as it stands there; in base64, or in pieces of a stream, nothing does. Texts that
 * only look alike count against it.
 */
export async function measurePeers(
  peers: readonly Peer[],
  spans: number,
  seed: number,
): Promise<Record<string, Beside>> {
  const bodies = traffic(timed, seed).map(({ request }) => request.body.toString());
  const out: Record<string, Beside> = {};
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
    out[id] = { ...scores, mb_per_second: await rate(find, bodies) };
  }
  return out;
}

async function rate(find: Peer['find'], texts: readonly string[]): Promise<number> {
  const before = process.cpuUsage();
  let bytes = 0;
  for (const text of texts) {
    await find(text);
    bytes += Buffer.byteLength(text);
  }
  const { user, system } = process.cpuUsage(before);
  return bytes / (user + system);
}
