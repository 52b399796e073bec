import type { Body } from '../../../shared/model/index.js';
import { applyEdits, composeEdits, type Edit, noEdits } from '../scan/edits.js';
import type { FindingSink } from '../scan/findings.js';
import { type JsonRedactor, type Report, type StringLeaf, toRaw } from './json/redact-json.js';
import { containerPath, type Frame } from './json/walk.js';

/** One event of a stream: an SSE event, an NDJSON line, an array element, a WebSocket message. */
export interface StreamItem {
  data: string;
  path: string;
  /** What tells streams in one list apart besides the event's own fields: SSE event name, direction. */
  channel: string;
}

/** Keys that never carry a piece of a longer text. */
const wholeKeys =
  /^(?:id|type|object|model|role|status|event|event_id|name|created_at|system_fingerprint|service_tier|finish_reason|finishReason|stop_reason|stop_sequence|obfuscation|signature|thoughtSignature|encrypted_content|media_type|mimeType|logprobs|jsonPath|jsonrpc|method|modelVersion|responseId|.*_id|.*Id)$/;
/** Keys that carry pieces of a longer text in the known formats and their look-alikes. */
const deltaKeys =
  /^(?:delta|content|text|partial_?json|arguments|partial_?args|thinking|reasoning(?:_content|_text)?|response|refusal|transcript|input|output|completion|code|command|data|chunk|token|value|message|stringValue|body|stdout|stderr|result|answer|generated_text|output_text|summary)$/i;

const mostRounds = 3;
/** Mean characters of a line's text above which lines are records, not pieces. */
const longestPiece = 200;
/** Confidence of forms that records put side by side do not make by chance: key formats, JWT, PEM. */
const unmistakable = 0.96;
/** Confidence from which a find in one short part of a text counts. */
const sureAlone = 0.9;

export type Framing = 'sse' | 'ndjson' | 'json-array' | 'websocket';

/** Answers are kept: the same few keys come in every event. */
const continues = new Map<string, boolean>();

/** Whether text under this key may go on in the next event. */
function mayContinue(key: string): boolean {
  const cached = continues.get(key);
  if (cached !== undefined) return cached;
  const answer = !wholeKeys.test(key);
  if (continues.size >= 10_000) continues.clear();
  if (key.length <= 64) continues.set(key, answer);
  return answer;
}

interface Piece {
  item: number;
  leaf: StringLeaf;
  /** The item is no JSON: the leaf is all of it, unescaped. */
  plain: boolean;
  /** Channel, or null where the text stands alone. */
  channel: string | null;
  current: string;
  edits: readonly Edit[];
}

/**
 * Redacts the events of a stream. Each text leaf is looked at alone and, joined with the leaves of its channel over
 * all events, as the text that the client puts together: a secret split over events is replaced where it began and
 * cut from the events that carry the rest. The number of events and their syntax stay.
 */
export function redactStream(
  items: readonly StreamItem[],
  json: JsonRedactor,
  sink: FindingSink,
  framing: Framing,
): string[] {
  const pieces: Piece[] = [];
  const ownEdits: Edit[][] = [];
  const broken: boolean[] = [];
  let anyJson = false;
  items.forEach((item, index) => {
    const leading = /^\s*[{["]/.test(item.data.slice(0, 64));
    const reports: Parameters<Report>[] = [];
    const read = leading ? json.leaves(item.data, item.path, (...report) => reports.push(report), mayContinue) : null;
    if (read?.valid) anyJson = true;
    // What is not well-formed is the cut end of a stream of JSON, or no JSON at all.
    if (read === null || (!read.valid && !anyJson)) {
      const leaf = { start: 0, end: item.data.length, value: item.data, frame: null, step: '', key: null, wholes: [] };
      const channel = item.data === '[DONE]' ? null : `${item.channel}\0`;
      pieces.push({ item: index, leaf, plain: true, channel, current: item.data, edits: noEdits });
      ownEdits.push([]);
      broken.push(false);
      return;
    }
    for (const report of reports) sink.add(...report);
    ownEdits.push(read.edits);
    broken.push(!read.valid);
    for (const leaf of read.leaves) {
      const channel = channelOf(leaf, item.channel);
      pieces.push({ item: index, leaf, plain: false, channel, current: leaf.value, edits: noEdits });
    }
  });

  const channels = groups(pieces, framing);
  const parts = new Set(channels.flatMap((channel) => (channel.rows ? [] : channel.pieces)));
  for (let round = 0; round < mostRounds; round++) {
    let changed = false;
    for (const channel of channels) {
      if (channel.rows) for (const piece of channel.pieces) changed = alone(piece, json, round, false) || changed;
      joined(channel, json);
    }
    for (const piece of pieces) changed = alone(piece, json, round, parts.has(piece)) || changed;
    if (!changed) break;
  }

  for (const { edits, item, leaf } of pieces) {
    if (edits.length === 0) continue;
    const within = leaf.frame === null ? '' : containerPath(leaf.frame) + leaf.step;
    sink.add((items[item] as StreamItem).path + within, edits);
  }
  return items.map((item, index) => {
    const edits = ownEdits[index] as Edit[];
    for (const piece of piecesOf(pieces, index)) {
      const raw = piece.plain ? piece.edits : toRaw(item.data.slice(piece.leaf.start, piece.leaf.end), piece.edits);
      for (const edit of raw) {
        edits.push({ ...edit, start: edit.start + piece.leaf.start, end: edit.end + piece.leaf.start });
      }
    }
    edits.sort((a, b) => a.start - b.start);
    const data = applyEdits(item.data, edits);
    // Not well-formed: what lies between its strings is text too.
    const rest = broken[index] ? json.text(data) : json.asWritten(data);
    sink.add(item.path, rest);
    return applyEdits(data, rest);
  });
}

/** The events of a stream's body, or the messages of a socket's; null for other bodies. Binary messages have no text. */
export function streamItemsOf(body: Body): { items: StreamItem[]; framing: Framing } | null {
  if (body.kind === 'events') {
    const items = body.events.map(({ data, event }) => ({ data, path: '', channel: event ?? '' }));
    return { items, framing: body.framing };
  }
  if (body.kind !== 'websocket') return null;
  const items = body.messages.map(({ opcode, data, from }) => ({
    data: opcode === 'binary' ? '' : data,
    path: '',
    channel: from,
  }));
  return { items, framing: 'websocket' };
}

/** The texts that a stream's events put together, one a channel of more than one piece. */
export function joinedTexts(items: readonly StreamItem[], json: JsonRedactor): string[] {
  const pieces = items.flatMap(({ data, path, channel }) =>
    /^\s*[{["]/.test(data.slice(0, 64))
      ? json
          .leaves(data, path, () => undefined, mayContinue)
          .leaves.map((leaf) => ({ channel: channelOf(leaf, channel), text: leaf.value }))
      : [{ channel: `${channel}\0`, text: data }],
  );
  return [...Map.groupBy(pieces, ({ channel }) => channel).values()]
    .filter((parts) => parts.length > 1)
    .map((parts) => parts.map(({ text }) => text).join(''));
}

/** Pieces lie in the order of their items. */
function piecesOf(pieces: readonly Piece[], item: number): Piece[] {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle] as Piece).item < item) low = middle + 1;
    else high = middle;
  }
  const out: Piece[] = [];
  for (let i = low; i < pieces.length && (pieces[i] as Piece).item === item; i++) out.push(pieces[i] as Piece);
  return out;
}

function channelOf(leaf: StringLeaf, prefix: string): string {
  if (leaf.frame === null) return `${prefix}\u0001`;
  const steps: string[] = [prefix, leaf.step];
  for (let at: Frame | null = leaf.frame; at && steps.length < 64; at = at.parent) {
    // An object that names its own index is told by that, not by its place in this event's list.
    steps.push(
      at.channel,
      at.index === -1 ? `.${at.key ?? ''}` : at.channel.includes('index=') ? '[]' : `[${at.index}]`,
    );
  }
  return steps.join('\u0001');
}

interface Channel {
  pieces: Piece[];
  /**
   * The texts are records of their own rather than pieces of one: each is looked at alone before they are joined, and
   * joined they only show secrets of unmistakable form.
   */
  rows: boolean;
}

function groups(pieces: readonly Piece[], framing: Framing): Channel[] {
  const byChannel = new Map<string, Piece[]>();
  for (const piece of pieces) {
    if (piece.channel === null) continue;
    const group = byChannel.get(piece.channel);
    if (group) group.push(piece);
    else byChannel.set(piece.channel, [piece]);
  }
  return [...byChannel.values()]
    .filter((group) => group.length > 1 && group.some((piece) => piece.leaf.value !== group[0]?.leaf.value))
    .map((group) => ({ pieces: group, rows: areRows(group, framing) }));
}

/** Lines and array elements are often records; only keys that streams use, with short texts, say otherwise. */
function areRows(group: readonly Piece[], framing: Framing): boolean {
  if (framing === 'sse' || framing === 'websocket') return false;
  const key = group[0]?.leaf.key;
  if (!key || !deltaKeys.test(key)) return true;
  const characters = group.reduce((sum, piece) => sum + piece.leaf.value.length, 0);
  return framing === 'ndjson' && characters / group.length > longestPiece;
}

/**
 * Redacts the piece by itself; answers whether that changed it. A short part of a longer text only shows what cannot be
 * the cut end of something else: the text as a whole is looked at too, and knows better.
 */
function alone(piece: Piece, json: JsonRedactor, round: number, part: boolean): boolean {
  const wholes = round === 0 && piece.current === piece.leaf.value ? piece.leaf.wholes : [];
  const { length } = piece.current;
  const edits = json.text(piece.current, 1, wholes);
  const fresh =
    part && length < longestPiece
      ? edits.filter(({ start, end, found }) => (found?.confidence ?? 0) >= sureAlone && start > 0 && end < length)
      : edits;
  if (fresh.length > 0) amend(piece, fresh);
  return fresh.length > 0;
}

/** Redacts the channel's text as a whole and deals the edits back to its pieces. */
function joined({ pieces, rows }: Channel, json: JsonRedactor): void {
  const edits = json.text(pieces.map((piece) => piece.current).join(''), 1);
  if (edits.length === 0) return;
  let next = 0;
  let offset = 0;
  for (const piece of pieces) {
    const end = offset + piece.current.length;
    const own: Edit[] = [];
    while (next < edits.length) {
      const edit = edits[next] as Edit;
      if (edit.start >= end) break;
      const begins = edit.start >= offset;
      if (!rows || (edit.found && edit.found.confidence >= unmistakable)) {
        own.push({
          start: Math.max(edit.start, offset) - offset,
          end: Math.min(edit.end, end) - offset,
          text: begins ? edit.text : '',
          found: begins ? edit.found : null,
        });
      }
      if (edit.end > end) break;
      next++;
    }
    offset = end;
    if (own.length > 0) amend(piece, own);
  }
}

function amend(piece: Piece, fresh: readonly Edit[]): void {
  piece.current = applyEdits(piece.current, fresh);
  piece.edits = composeEdits(piece.edits, fresh);
}
