import { randomBytes } from 'node:crypto';
import { createRedactor, entities, loadPolicy } from '../../../src/main/redact/index.js';

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

/** Peers by the package that must be there. */
const packages = ['@openredaction/openredaction', 'redact-pii', '@secretlint/core'] as const;

/** Ours with every entity on: the corpus also labels web addresses, which captures keep. */
export function sluice(): Peer {
  const actions = Object.fromEntries(entities.map((entity) => [entity, 'mask']));
  const redactor = createRedactor({ policy: loadPolicy({ actions }), key: randomBytes(32) });
  return { id: 'sluice', find: (text) => redactor.spans(text).findings };
}

/** Their names for what we name otherwise; the rest is compared as it is. */
const ours: readonly [RegExp, string][] = [
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
type Constructor = new (...args: unknown[]) => Record<string, (text: string) => unknown>;

/**
 * The peers that are installed, and what to do about those that are not. They are loaded by name when the benchmark
 * runs: nothing else needs them.
 */
export async function loadPeers(): Promise<{ peers: Peer[]; absent: string[] }> {
  const peers: Peer[] = [];
  const absent: string[] = [];
  for (const name of packages) {
    const loaded = await load(name);
    if (loaded === null) {
      absent.push(`${name} is not installed; \`npm install --no-save ${hint(name)}\` adds it to this comparison.`);
      continue;
    }
    const peer = await adapt(name, loaded);
    if (peer === null) absent.push(`${name} is installed, but has no entry point that this benchmark knows.`);
    else peers.push(peer);
  }
  return { peers, absent };
}

const hint = (name: string): string =>
  name === '@secretlint/core' ? '@secretlint/core @secretlint/secretlint-rule-preset-recommend' : name;

async function load(name: string): Promise<Loaded | null> {
  try {
    return (await import(name)) as Loaded;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

async function adapt(name: (typeof packages)[number], loaded: Loaded): Promise<Peer | null> {
  const scope = { ...(loaded.default as Loaded | undefined), ...loaded };
  if (name === '@openredaction/openredaction') {
    const Redactor = (scope.OpenRedaction ?? scope.OpenRedact) as Constructor | undefined;
    if (typeof Redactor !== 'function') return null;
    const redactor = new Redactor();
    return { id: name, find: (text) => detections(redactor.detect?.(text)) };
  }
  if (name === 'redact-pii') {
    const Redactor = (scope.SyncRedactor ?? (scope.default as Loaded | undefined)?.SyncRedactor) as
      | Constructor
      | undefined;
    if (typeof Redactor !== 'function') return null;
    const redactor = new Redactor();
    return { id: name, find: (text) => fromText(text, String(redactor.redact?.(text) ?? text)) };
  }
  const preset = await load('@secretlint/secretlint-rule-preset-recommend');
  const lint = scope.lintSource as ((job: object) => Promise<{ messages: { range: [number, number] }[] }>) | undefined;
  if (typeof lint !== 'function' || preset?.creator === undefined) return null;
  const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: preset.creator, options: {} }] };
  return {
    id: name,
    async find(content) {
      const { messages } = await lint({
        source: { filePath: '/text.txt', content, contentType: 'text' },
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
