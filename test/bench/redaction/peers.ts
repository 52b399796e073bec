import { randomBytes } from 'node:crypto';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { createRedactor, entities, loadPolicy } from '../../../src/main/redact/index.js';
import { fetchPeers, loadPeer, peerVersions } from './peer-packages.js';

export interface PeerSpan {
  entity: string;
  start: number;
  end: number;
}

/** Something that finds spans in a text, under our names for them. */
export interface Peer {
  id: string;
  find(text: string): PeerSpan[] | Promise<PeerSpan[]>;
}

/** Ours with every entity on: the corpus also labels web addresses, which captures keep. */
export function sluice(): Peer {
  const actions = Object.fromEntries(entities.map((entity) => [entity, 'mask']));
  const redactor = createRedactor({ policy: loadPolicy({ actions }), key: randomBytes(32) });
  return { id: 'sluice', find: (text) => redactor.spans(text).findings };
}

/** Their names for what we name otherwise; the rest is compared as it is. */
const ours: readonly [RegExp, string][] = [
  [/user_?name/i, 'USER_NAME'],
  [/company|organi[sz]ation/i, 'ORGANISATION'],
  [/birth|dob/i, 'DATE_OF_BIRTH'],
  [/^(?:date|time|timestamp)/i, 'DATE_TIME'],
  [/^age$/i, 'AGE'],
  [/^(?:location|city|country|state)$/i, 'LOCATION'],
  [/nationality|religion|ethnic/i, 'NRP'],
  [/e-?mail/i, 'EMAIL'],
  [/phone|mobile|fax/i, 'PHONE'],
  [/card/i, 'CREDIT_CARD'],
  [/iban/i, 'IBAN'],
  [/ssn|social/i, 'SSN'],
  [/ip(?:v[46])?_?(?:address)?$/i, 'IP_ADDRESS'],
  [/url|domain|website/i, 'URL'],
  [/driv/i, 'DRIVING_LICENCE'],
  [/zip|street|address|postcode/i, 'ADDRESS'],
  [/name|person/i, 'PERSON'],
];
const named = (type: string): string => ours.find(([pattern]) => pattern.test(type))?.[1] ?? type;

type Loaded = Record<string, unknown>;
type Constructor = new () => Record<string, (text: string) => unknown>;

/** The peers, and why those that are missing are missing. They are fetched when the benchmark runs first. */
export async function loadPeers(): Promise<{ peers: Peer[]; absent: string[] }> {
  const peers: Peer[] = [secretlint()];
  const absent: string[] = [];
  const problem = await fetchPeers();
  for (const name of Object.keys(peerVersions) as (keyof typeof peerVersions)[]) {
    const loaded = problem === null ? loadPeer(name) : null;
    const peer = loaded === null ? null : adapt(name, loaded);
    if (peer !== null) peers.push(peer);
    else
      absent.push(
        `${name} is not in this comparison: ${problem ?? 'it has no entry point that this benchmark knows'}.`,
      );
  }
  return { peers, absent };
}

function adapt(id: keyof typeof peerVersions, loaded: Loaded): Peer | null {
  const scope = { ...(loaded.default as Loaded | undefined), ...loaded };
  const Redactor = (id === 'redact-pii' ? scope.SyncRedactor : scope.OpenRedaction) as Constructor | undefined;
  if (typeof Redactor !== 'function') return null;
  const redactor = new Redactor();
  if (id === 'redact-pii') return { id, find: (text) => fromText(text, String(redactor.redact?.(text) ?? text)) };
  return { id, find: async (text) => detections(await redactor.detect?.(text)) };
}

function secretlint(): Peer {
  const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator, options: {} }] };
  return {
    id: '@secretlint/core',
    async find(content) {
      const { messages } = await lintSource({
        source: { filePath: '/text.txt', content, ext: '.txt', contentType: 'text' },
        options: { config },
      });
      return messages.map(({ range: [start, end] }) => ({ entity: 'SECRET', start, end }));
    },
  };
}

function detections(answer: unknown): PeerSpan[] {
  const list = (answer as { detections?: unknown[] } | undefined)?.detections ?? [];
  return list.flatMap((each) => {
    const { type, position } = each as { type?: string; position?: [number, number] };
    return type && position ? [{ entity: named(type), start: position[0], end: position[1] }] : [];
  });
}

/** Where a tool only gives the redacted text, the places follow from what stands between its placeholders. */
function fromText(text: string, redacted: string): PeerSpan[] {
  const spans: PeerSpan[] = [];
  const pieces = redacted.split(/\b([A-Z_]{3,}(?:_ADDRESS|_NUMBER|_NAME)?)\b/);
  let at = 0;
  let open: { entity: string; start: number } | null = null;
  for (const [index, piece] of pieces.entries()) {
    if (index % 2 === 1 && !text.startsWith(piece, at)) {
      open = { entity: named(piece), start: at };
      continue;
    }
    if (piece === '') continue;
    const found = text.indexOf(piece, at);
    if (found === -1) return spans;
    if (open) spans.push({ ...open, end: found });
    open = null;
    at = found + piece.length;
  }
  if (open) spans.push({ ...open, end: text.length });
  return spans;
}
