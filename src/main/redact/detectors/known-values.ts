import type { Entity } from '../entities.js';
import type { Detector, Span } from './types.js';

/** Shorter values would hit words by chance. */
const shortestKnown = 8;
const longestAnchor = 16;

/**
 * Exact values: secrets known on this machine and the policy's deny list. Confidence 1, wherever they stand.
 */
export function knownValueDetectors(known: readonly string[], deny: readonly string[]): Detector[] {
  return [
    ...exact(
      'known-value',
      'SECRET',
      known.filter((value) => value.length >= shortestKnown),
    ),
    ...exact('deny-list', 'CUSTOM', deny),
  ];
}

function exact(id: string, entity: Entity, values: readonly string[]): Detector[] {
  const byAnchor = new Map<string, string[]>();
  const plain: string[] = [];
  for (const value of new Set(values)) {
    const anchor = /^[\x20-\x7e]{0,64}/.exec(value)?.[0].slice(0, longestAnchor).toLowerCase() ?? '';
    if (anchor.length < 3) plain.push(value);
    else
      byAnchor.set(
        anchor,
        [...(byAnchor.get(anchor) ?? []), value].sort((a, b) => b.length - a.length),
      );
  }
  const detectors: Detector[] = [];
  if (byAnchor.size > 0) {
    detectors.push({
      id,
      entity,
      anchors: [...byAnchor.keys()],
      at(text, start, end) {
        const value = byAnchor.get(text.slice(start, end).toLowerCase())?.find((each) => text.startsWith(each, start));
        return value === undefined ? null : { start, end: start + value.length, confidence: 1 };
      },
    });
  }
  // Values that begin with other than ASCII have no anchor: they are looked for one by one.
  if (plain.length > 0)
    detectors.push({ id: `${id}:plain`, entity, digits: 0, find: (text) => occurrences(text, plain) });
  return detectors;
}

function occurrences(text: string, values: readonly string[]): Span[] {
  const spans: Span[] = [];
  for (const value of values) {
    for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + value.length)) {
      spans.push({ start: at, end: at + value.length, confidence: 1 });
    }
  }
  return spans;
}
