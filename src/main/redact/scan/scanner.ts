import { unitsOf } from '../../ground/units.js';
import type { AnchoredDetector, Detector, DigitDetector, Span } from '../detectors/types.js';
import { blank, blankPlaceholders, type Entity, entities, isSecret, placeholdersIn } from '../policy/entities.js';
import type { NameJudge } from '../policy/names.js';
import { actionFor, type RedactionPolicy } from '../policy/policy.js';
import type { Replacements } from '../replace/replacements.js';
import { buildAutomaton, nextHit } from './automaton.js';
import { digitClusters, digitWindows } from './digit-windows.js';
import { applyEdits, composeEdits, type Edit, noEdits } from './edits.js';
import type { KnownClean } from './known-clean.js';
import { layersOf } from './layers.js';
import { isInsideHex, isInsideOpaque } from './opaque.js';
import { ownSurrogate, type Range } from './own-surrogates.js';
import { beforeClosingQuote } from './quotes.js';
import { type Candidate, resolve } from './resolve.js';
import { inSpellingOf } from './spelling.js';

/** Escapes inside escapes are followed so far: JSON in a shell string in a log line. */
const deepestLayer = 3;
/** From so many digits on, detectors share their windows. */
const manyDigits = 6;
/** A replacement can bring two neighbours together that only now look like something: scan again, so often at most. */
const rounds = 6;
/** What only detectors of its own find. */
const onDemand: ReadonlySet<Entity> = new Set<Entity>(['URL', 'LOCATION', 'DATE_TIME', 'AGE', 'TITLE', 'NRP']);
/** A value that is sensitive for what its key, header or parameter is called. */
export interface Whole {
  start: number;
  end: number;
  entity: Entity;
  confidence: number;
  detector: string;
}

export interface Scanner {
  /** Edits for a plain text: every finding, resolved, none of them inside a placeholder. */
  scan(text: string, wholes?: readonly Whole[]): readonly Edit[];
}

export interface ScannerOptions {
  detectors: readonly Detector[];
  policy: RedactionPolicy;
  names: NameJudge;
  replacements: Replacements;
  onDetectorError(detector: string): void;
  /** Texts in which nothing is found by these detectors under this policy. */
  clean?: KnownClean;
}

/** A detector failed on a text: the text must not pass. */
class DetectorFailure extends Error {
  readonly detector: string;
  constructor(detector: string) {
    super(detector);
    this.detector = detector;
  }
}

export function createScanner(options: ScannerOptions): Scanner {
  const { detectors, policy, names, replacements, onDetectorError, clean } = options;
  const ids = new Set<string>();
  for (const { id } of detectors) {
    if (ids.has(id)) throw new Error(`two detectors are called ${id}`);
    ids.add(id);
  }
  // Addresses, dates, places and the like are everywhere: where they are kept, nobody looks for them.
  const wanted = detectors.filter(({ entity }) => !onDemand.has(entity) || actionFor(policy, entity) !== 'keep');
  const anchored = wanted.filter((detector): detector is AnchoredDetector => 'anchors' in detector);
  const finding = wanted.filter((detector): detector is DigitDetector => 'digits' in detector);
  const anywhere = finding.filter(({ digits }) => digits === 0);
  const digital = finding.filter(({ digits }) => digits > 0);
  // Few digits stand together nearly everywhere, many hardly anywhere: each sort has windows of its own.
  const sorts = [...new Set(digital.map(({ digits }) => Math.min(digits, manyDigits)))].map((least) => ({
    least,
    detectors: digital.filter(({ digits }) => Math.min(digits, manyDigits) === least),
  }));
  const fewest = sorts.reduce((fewer, { least }) => Math.min(fewer, least), Number.POSITIVE_INFINITY);
  const literals = [...new Set(anchored.flatMap(({ anchors }) => anchors.map((anchor) => anchor.toLowerCase())))];
  const automaton = buildAutomaton(literals);
  const watching = new Map(literals.map((literal) => [literal, [] as number[]]));
  anchored.forEach((detector, index) => {
    for (const anchor of new Set(detector.anchors.map((each) => each.toLowerCase()))) watching.get(anchor)?.push(index);
  });
  const watchers = [...watching.values()];
  const allowed = new Set(policy.allow);
  const allowedPseudonyms = new Set(policy.allow_pseudonyms);
  const hasSurrogates = new Set(entities.filter((entity) => actionFor(policy, entity) === 'surrogate'));
  const kindsAllowed = new Set(policy.allow_pseudonyms.map((each) => each.slice(1, each.lastIndexOf('_'))));

  function isAllowed(entity: Entity, value: string): boolean {
    return (
      allowed.has(value) || (kindsAllowed.has(entity) && allowedPseudonyms.has(replacements.pseudonym(entity, value)))
    );
  }

  /** Whether what stands around a find says that it is none. What a word before it names is one all the same. */
  function isChance(text: string, start: number, end: number, entity: Entity, { context }: Detector): boolean {
    return isInsideOpaque(text, start, end) || (!context && !isSecret(entity) && isInsideHex(text, start, end));
  }

  /** Runs the detectors over one layer and turns their spans into candidates of the outermost text. */
  function collect(text: string, outer: (position: number) => number, depth: number, out: Candidate[]): void {
    const cursor = { at: 0, state: 0, digits: 0, most: 0 };
    let seenUpTo: Int32Array | null = null;
    while (nextHit(automaton, unitsOf(text), text.length, cursor)) {
      seenUpTo ??= new Int32Array(anchored.length);
      const end = cursor.at;
      for (const hit of automaton.output[cursor.state] ?? []) {
        const start = end - (literals[hit] as string).length;
        for (const index of watchers[hit] as number[]) {
          const detector = anchored[index] as AnchoredDetector;
          // Of two known values the one that is found first may be the beginning of the other.
          if (start < (seenUpTo[index] as number) && !detector.always) continue;
          const span = look(detector, text, start, end);
          if (span === null) continue;
          seenUpTo[index] = span.end;
          push(text, span, detector, outer, out);
        }
      }
    }
    for (const detector of anywhere) for (const span of findIn(detector, text)) push(text, span, detector, outer, out);
    if (cursor.most >= fewest) {
      const clusters = digitClusters(text, fewest);
      for (const { least, detectors: some } of sorts) {
        for (const { start, end, most } of digitWindows(text, clusters, least)) {
          const part = start === 0 && end === text.length ? text : text.slice(start, end);
          const to = start === 0 ? outer : (position: number): number => outer(start + position);
          for (const detector of some) {
            if (most < detector.digits) continue;
            for (const span of findIn(detector, part)) push(part, span, detector, to, out);
          }
        }
      }
    }
    if (depth >= deepestLayer) return;
    for (const { text: decoded, outer: back, base } of layersOf(text)) {
      const to = (position: number): number => outer(base + back(position));
      collect(blankPlaceholders(decoded), to, depth + 1, out);
    }
  }

  function look(detector: AnchoredDetector, text: string, start: number, end: number): Span | null {
    try {
      return detector.at(text, start, end, names);
    } catch {
      throw new DetectorFailure(detector.id);
    }
  }

  function findIn(detector: DigitDetector, text: string): Span[] {
    try {
      return detector.find(text);
    } catch {
      throw new DetectorFailure(detector.id);
    }
  }

  function push(
    text: string,
    span: Span,
    detector: Detector,
    outer: (position: number) => number,
    out: Candidate[],
  ): void {
    const entity = span.entity ?? detector.entity;
    const always = detector.always === true;
    if (actionFor(policy, entity) === 'keep' && !always) return;
    const last = always || span.value !== undefined ? span.end : beforeClosingQuote(text, span.start, span.end);
    let start = span.start;
    while (start < last) {
      const gap = text.indexOf(blank, start);
      const end = gap === -1 || gap > last ? last : gap;
      if (end > start) {
        const whole = start === span.start && end === last;
        const value = (whole ? span.value : undefined) ?? text.slice(start, end);
        const worth = whole || /[\p{L}\p{N}]/u.test(value);
        if (worth && (always || !(isChance(text, start, end, entity, detector) || isAllowed(entity, value)))) {
          out.push({
            start: outer(start),
            end: outer(end),
            confidence: span.confidence,
            entity,
            detector: span.detector ?? detector.id,
            context: detector.context === true,
            always,
            value,
          });
        }
      }
      start = end + 1;
    }
  }

  function edit(text: string, candidate: Candidate, refused: ReadonlySet<string> | null): Edit {
    const { entity, detector, confidence, start, end, value } = candidate;
    let { text: placeholder, action } = replacements.of(entity, value);
    let written: string | null = placeholder;
    if (action === 'surrogate') {
      written = inSpellingOf(text.slice(start, end), value, placeholder);
      if (written === null || (refused?.has(nameOf(entity, placeholder)) ?? true)) {
        written = placeholder = replacements.named(entity, value);
        action = 'pseudonym';
      }
    }
    if (action !== 'surrogate' && isBareNumber(text, start, end)) written = `"${written}"`;
    return { start, end, text: written, found: { entity, value, action, placeholder, detector, confidence } };
  }

  function once(
    text: string,
    wholes: readonly Whole[],
    refused: ReadonlySet<string> | null,
    ownSurrogates: readonly Range[] = [],
  ): Edit[] {
    let blanked = blankRanges(blankPlaceholders(text), ownSurrogates);
    let candidates = candidatesIn(blanked, wholes);
    for (let round = 1; round < rounds; round++) {
      const own = candidates.flatMap((candidate) => ownRange(text, candidate) ?? []);
      if (own.length === 0) break;
      blanked = blankRanges(blanked, own);
      candidates = candidatesIn(blanked, wholes);
    }
    return resolve(candidates).map((candidate) => edit(text, candidate, refused));
  }

  /** Our own surrogates are what placeholders are: nothing is looked for in them. */
  function ownRange(text: string, candidate: Candidate): Range | null {
    const { entity, value, always } = candidate;
    if (always || !hasSurrogates.has(entity)) return null;
    return ownSurrogate(text, candidate, entity, value, replacements.stays);
  }

  function candidatesIn(blanked: string, wholes: readonly Whole[]): Candidate[] {
    const candidates: Candidate[] = [];
    try {
      collect(blanked, identity, 0, candidates);
      for (const whole of wholes) {
        const asDetector = { id: whole.detector, entity: whole.entity, context: true } as Detector;
        push(blanked, whole, asDetector, identity, candidates);
      }
    } catch (error) {
      if (!(error instanceof DetectorFailure)) throw error;
      onDetectorError(error.detector);
      candidates.length = 0;
      const failed: Span = { start: 0, end: blanked.length, confidence: 1 };
      const asDetector = { id: error.detector, entity: 'SECRET' } as Detector;
      const letters = /[\p{L}\p{N}]/u.test(blanked.replaceAll(blank, ''));
      if (letters) push(blanked, failed, asDetector, identity, candidates);
    }
    return candidates;
  }

  /** Placeholders that stand in the text and are replaced too; what lies in a find goes with it. */
  function withPlaceholders(text: string, edits: Edit[]): Edit[] {
    const replaced = replacements.ofPlaceholder;
    if (replaced === undefined) return edits;
    let next = 0;
    const placeholderEdits = placeholdersIn(text).flatMap(({ start, end, entity, mark, open, close }): Edit[] => {
      while (next < edits.length && (edits[next] as Edit).end <= start) next++;
      if ((edits[next]?.start ?? end) < end) return [];
      const replacement = replaced(entity, mark);
      if (replacement === null) return [];
      const { text: placeholder, action } = replacement;
      const name = action === 'surrogate' ? placeholder : placeholder.slice(1, -1);
      const plain = action === 'surrogate' && open.startsWith('%') ? encodeURIComponent(name) : name;
      const written = action === 'surrogate' ? plain : open + name + close;
      return [
        {
          start,
          end,
          text: written,
          found: { entity, value: '', action, placeholder, detector: 'placeholder', confidence: 1 },
        },
      ];
    });
    return placeholderEdits.length === 0 ? edits : [...edits, ...placeholderEdits].sort((a, b) => a.start - b.start);
  }

  /**
   * Edits after which nothing more is found; null where something was found in a surrogate, which is `refused` from then
   * on: what stands around it keeps it from being known again. `refused` null: there are none at all.
   */
  function settled(text: string, wholes: readonly Whole[], refused: Set<string> | null): readonly Edit[] | null {
    let edits: readonly Edit[] = withPlaceholders(text, once(text, wholes, refused));
    if (edits.length === 0 && wholes.length === 0) clean?.add(text);
    let current = text;
    let fresh = edits;
    for (let round = 1; round < rounds && fresh.length > 0; round++) {
      current = applyEdits(current, fresh);
      fresh = once(current, [], refused);
      if (fresh.length === 0) clean?.add(current);
      const broken = surrogatesIn(edits).filter(({ start, end }) =>
        fresh.some((edit) => edit.start < end && edit.end > start),
      );
      for (const { name } of broken) refused?.add(name);
      if (broken.length > 0) return null;
      // Who knows from the name of a key what stands here sees only what is beside it.
      const ownSurrogates = fresh.length === 0 && hasSurrogates.size > 0 ? surrogatesIn(edits) : [];
      if (ownSurrogates.length > 0) fresh = once(current, [], refused, ownSurrogates);
      edits = composeEdits(edits, fresh);
    }
    return edits;
  }

  return {
    scan(text, wholes = []) {
      if (wholes.length === 0 && (text.length < 3 || clean?.has(text))) return noEdits;
      const refused = new Set<string>();
      for (let attempt = 0; attempt < rounds; attempt++) {
        const edits = settled(text, wholes, refused);
        if (edits !== null) return edits;
      }
      return settled(text, wholes, null) ?? noEdits;
    },
  };
}

/** `"latitude": 52.5,`, `phone = 4930123456`: a number of a program or of settings; what takes its place is a text there. */
function isBareNumber(text: string, start: number, end: number): boolean {
  if (!/^-?\d{1,20}(?:\.\d{1,20})?$/.test(text.slice(start, end))) return false;
  const after = /^[ \t]{0,4}(?:([,;}\])])|[#\r\n]|$)/.exec(text.slice(end, end + 6));
  if (after === null) return false;
  const before = text.slice(Math.max(0, start - 8), start);
  return (
    /(?:["'][ \t]{0,2}:|[\w\])][ \t]{1,2}:?=)[ \t]{1,4}$|["']:$/.test(before) ||
    (/[,})]/.test(after[1] ?? '') && /\w(?::[ \t]?|=)$/.test(before))
  );
}

function nameOf(entity: Entity, surrogate: string): string {
  return `${entity}\0${surrogate}`;
}

/** Where surrogates stand after the edits. */
function surrogatesIn(edits: readonly Edit[]): (Range & { name: string })[] {
  const out: (Range & { name: string })[] = [];
  let shift = 0;
  for (const { start, end, text, found } of edits) {
    if (found?.action === 'surrogate')
      out.push({
        start: start + shift,
        end: start + shift + text.length,
        name: nameOf(found.entity, found.placeholder),
      });
    shift += text.length - (end - start);
  }
  return out;
}

function blankRanges(text: string, ranges: readonly Range[]): string {
  let out = text;
  for (const { start, end } of ranges) out = out.slice(0, start) + blank.repeat(end - start) + out.slice(end);
  return out;
}

function identity(position: number): number {
  return position;
}
