import type { Finding, ReadExchange, RedactedExchange } from '../../shared/model/index.js';
import type { KnownValue } from '../../shared/policy-file.js';
import { createConversations } from './carriers/conversations.js';
import { redactExchange } from './carriers/exchange.js';
import { createJsonRedactor, type JsonRedactor } from './carriers/json/redact-json.js';
import { createSecretSink, standsIn, standsInExchange } from './carriers/repeated.js';
import { redactUrl } from './carriers/urls.js';
import { detectors as allDetectors } from './detectors/index.js';
import { knownValueDetectors, repeatedValueDetectors } from './detectors/known-values.js';
import { tableDetector } from './detectors/table.js';
import type { Detector } from './detectors/types.js';
import type { Entity } from './policy/entities.js';
import { createNameJudge } from './policy/names.js';
import type { RedactionPolicy } from './policy/policy.js';
import { createReplacements, type Replacements } from './replace/replacements.js';
import { applyEdits, type Edit, type ReplacedValue } from './scan/edits.js';
import { createFindingSink } from './scan/findings.js';
import { type KnownClean, knownClean } from './scan/known-clean.js';
import { createScanner } from './scan/scanner.js';

/** A finding where it stood before it was replaced. */
export interface OriginalFinding {
  entity: Entity;
  start: number;
  end: number;
  replacement: string;
  confidence: number;
  detector: string;
  action: ReplacedValue['action'];
}

export interface Redactor {
  /** The one way from what was read to what may be stored. Synchronous; linear in the size of the exchange. */
  exchange(read: ReadExchange): RedactedExchange;
  /** Any text: walked as JSON where it is a JSON object or array. Spans count in the redacted text. */
  text(text: string, path?: string): { text: string; findings: Finding[] };
  /** Any text with its findings at their places in the original (UTF-16 offsets), for comparison with other tools. */
  spans(text: string): { text: string; findings: OriginalFinding[] };
  /** A URL that was called. */
  url(url: string): string;
  /** Detectors that failed, by id, and how often; the texts they saw were masked whole. */
  warnings(): { [detector: string]: number };
}

export interface RedactorOptions {
  policy: RedactionPolicy;
  /** Project key of the pseudonyms, 16 bytes or more; it never leaves the machine. */
  key: Uint8Array;
  /** Secrets of this machine, matched exactly wherever they stand; those under 8 characters are ignored. */
  secrets?: readonly string[];
  /** Values that must never be stored, whatever the policy allows. */
  values?: readonly KnownValue[];
  /** Instead of the built-in detectors. */
  detectors?: readonly Detector[];
  /** What the threads of an engine share of `knownCleanBytes`: texts in which one of them found nothing. */
  clean?: SharedArrayBuffer;
}

export function createRedactor(options: RedactorOptions): Redactor {
  const warnings = new Map<string, number>();
  const replacements = createReplacements(options.policy, options.key);
  const failed = (detector: string) => warnings.set(detector, (warnings.get(detector) ?? 0) + 1);
  const { json, names } = createTextRedactor(options, replacements, failed, [], cleanUnder(options));
  const again = repeated(options, replacements, failed);
  const conversations = createConversations(options.key);

  /** Edits for a text; what was recognised in one place of it is hidden in all. */
  function editsOf(text: string): readonly Edit[] {
    const secrets = createSecretSink();
    const edits = json.text(text);
    for (const { found } of edits) if (found !== null) secrets.add(found.entity, found.value, found.confidence);
    const values = secrets.values();
    return values.length > 0 && standsIn(applyEdits(text, edits), values) ? again(values).all().text(text) : edits;
  }

  return {
    exchange(read) {
      const secrets = createSecretSink();
      const once = redactExchange(read, json, names, secrets);
      const own = secrets.values();
      const values = [...own, ...conversations.earlier(read, once, own, json)];
      if (values.length === 0) return once;
      const ways = again(values);
      // What was recognised in one place, the answer, a header or an earlier turn, is hidden in all, before any of it is stored.
      return standsInExchange(once, values, ways.alone) ? redactExchange(read, ways.all(), names) : once;
    },
    text(text, path = '') {
      const edits = editsOf(text);
      const sink = createFindingSink();
      sink.add(path, edits);
      return { text: applyEdits(text, edits), findings: sink.findings };
    },
    spans(text) {
      const edits = editsOf(text);
      const findings = edits.flatMap(({ start, end, text: replacement, found }) => {
        if (found === null) return [];
        const { entity, confidence, detector, action } = found;
        return [{ entity, start, end, replacement, confidence, detector, action }];
      });
      return { text: applyEdits(text, edits), findings };
    },
    url: (url) => redactUrl(url, json, names),
    warnings: () => Object.fromEntries(warnings),
  };
}

/** Texts that are clean under exactly these rules; detectors of somebody's own are not among what tells rules apart. */
function cleanUnder({
  policy,
  key,
  secrets = [],
  values = [],
  detectors,
  clean,
}: RedactorOptions): KnownClean | undefined {
  if (clean === undefined || detectors !== undefined) return undefined;
  return knownClean(clean, JSON.stringify([policy, Buffer.from(key).toString('hex'), secrets, values]));
}

interface Ways {
  /** Finds the values alone. */
  alone(): JsonRedactor;
  /** Finds all that is found otherwise, and the values. */
  all(): JsonRedactor;
}

/** Sets of values whose redactors are kept: a session's requests have the same ones again and again. */
const mostRepeated = 8;
const repeatedMemo = 4 * 1024 * 1024;

/** Redactors that know secrets of one exchange wherever they stand. */
function repeated(
  options: Omit<RedactorOptions, 'key' | 'clean'>,
  replacements: Replacements,
  failed: (detector: string) => void,
): (values: readonly KnownValue[]) => Ways {
  const kept = new Map<string, Ways>();
  return (values) => {
    const key = JSON.stringify(values);
    const there = kept.get(key);
    if (there !== undefined) return there;
    const made = (detectors?: readonly Detector[]) => {
      let parts: JsonRedactor | null = null;
      return () => {
        parts ??= createTextRedactor(
          { ...options, ...(detectors && { detectors }) },
          replacements,
          failed,
          values,
        ).json;
        return parts;
      };
    };
    const ways = { alone: made([]), all: made() };
    const [oldest] = kept.keys();
    if (kept.size >= mostRepeated && oldest !== undefined) kept.delete(oldest);
    kept.set(key, ways);
    return ways;
  };
}

/** Scanner and walk for a policy. `repeated`: secrets that are hidden wherever they stand. */
export function createTextRedactor(
  { policy, secrets = [], values = [], detectors = allDetectors }: Omit<RedactorOptions, 'key' | 'clean'>,
  replacements: Replacements,
  onDetectorError: (detector: string) => void,
  repeated: readonly KnownValue[] = [],
  clean?: KnownClean,
) {
  const names = createNameJudge(policy);
  const known = [...denied(policy), ...values];
  const common = { policy, names, replacements, onDetectorError };
  const scanner = createScanner({
    detectors: [
      ...knownValueDetectors(secrets, known),
      ...repeatedValueDetectors(repeated),
      tableDetector(names),
      ...detectors,
    ],
    ...common,
    ...(clean && { clean }),
  });
  const escaping = knownValueDetectors(
    secrets.filter((value) => value.includes('\\')),
    known.filter(({ value }) => value.includes('\\')),
  );
  const literal = escaping.length === 0 ? null : createScanner({ detectors: escaping, ...common });
  const memory = repeated.length > 0 ? repeatedMemo : undefined;
  return { names, json: createJsonRedactor(scanner, names, literal, memory) };
}

function denied({ deny }: RedactionPolicy): KnownValue[] {
  return deny.map((value) => ({ value, entity: 'CUSTOM' }));
}
