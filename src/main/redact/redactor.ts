import type { Finding, ReadExchange, RedactedExchange } from '../../shared/model/index.js';
import type { KnownValue } from '../../shared/policy-file.js';
import { redactExchange } from './carriers/exchange.js';
import { createJsonRedactor } from './carriers/json/redact-json.js';
import { redactUrl } from './carriers/urls.js';
import { detectors as allDetectors } from './detectors/index.js';
import { knownValueDetectors } from './detectors/known-values.js';
import { tableDetector } from './detectors/table.js';
import type { Detector } from './detectors/types.js';
import type { Entity } from './policy/entities.js';
import { createNameJudge } from './policy/names.js';
import type { RedactionPolicy } from './policy/policy.js';
import { createReplacements, type Replacements } from './replace/replacements.js';
import { applyEdits, type Found } from './scan/edits.js';
import { createFindingSink } from './scan/findings.js';
import { createScanner } from './scan/scanner.js';

/** A finding where it stood before it was replaced. */
export interface OriginalFinding {
  entity: Entity;
  start: number;
  end: number;
  replacement: string;
  confidence: number;
  detector: string;
  action: Found['action'];
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
}

export function createRedactor(options: RedactorOptions): Redactor {
  const warnings = new Map<string, number>();
  const { json, names } = createParts(options, createReplacements(options.policy, options.key), (detector) =>
    warnings.set(detector, (warnings.get(detector) ?? 0) + 1),
  );
  return {
    exchange: (read) => redactExchange(read, json, names),
    text(text, path = '') {
      const sink = createFindingSink();
      const edits = json.text(text);
      sink.add(path, edits);
      return { text: applyEdits(text, edits), findings: sink.findings };
    },
    spans(text) {
      const edits = json.text(text);
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

/** Scanner and walk for a policy. */
export function createParts(
  { policy, secrets = [], values = [], detectors = allDetectors }: Omit<RedactorOptions, 'key'>,
  replacements: Replacements,
  onDetectorError: (detector: string) => void,
) {
  const names = createNameJudge(policy);
  const scanner = createScanner({
    detectors: [...knownValueDetectors(secrets, [...denied(policy), ...values]), tableDetector(names), ...detectors],
    policy,
    names,
    replacements,
    onDetectorError,
  });
  return { names, json: createJsonRedactor(scanner, names) };
}

function denied({ deny }: RedactionPolicy): KnownValue[] {
  return deny.map((value) => ({ value, entity: 'CUSTOM' }));
}
