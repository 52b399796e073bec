import type { IntakeEvent, IntakeTrace, Json } from '../../../../shared/model/index.js';
import { parseJson } from '../../../ground/json.js';
import { recordOf } from '../build.js';
import { contentKey, isObject, type JsonObject, present, timeOf, titleOf, unwrapped } from '../fields.js';
import type { Importer, ImportItem } from '../importer.js';
import { headBytes, peek } from '../reading/input.js';
import { records } from '../reading/values.js';
import { type Field, fields, type ReadMapping } from './mapping.js';
import { elements, listPart, pathText, type Segment, valueAt } from './path.js';
import { durationOf, namesFailure, statusOf } from './values.js';

/** An importer of a format that a mapping describes. */
export function mappedImporter(mapping: ReadMapping): Importer {
  const id = `map-${mapping.name}`;
  return {
    id,
    title: `Custom format ${mapping.name}`,
    description: 'Whatever a mapping file describes.',
    detect: () => 0,
    async *read(input, context) {
      const rows = rowReader(id, mapping, context);
      const { head, all } = await peek(input, headBytes);
      const groups = isDocument(head) ? groupsOf(mapping) : [];
      for await (const entry of records(all, groups)) {
        if ('skipped' in entry) yield entry;
        else yield* rows(groups.length === 0 ? entry.value : within(entry.group, entry.value), entry.text, entry.where);
      }
    },
  };
}

/**
 * The list of a document that is read an element at a time: the first that the tool leads over, where nothing stands outside of
 * it. Else a document is one record.
 */
function groupsOf({ paths, list }: ReadMapping): string[] {
  const [first] = [list.slice(0, list.indexOf(null))];
  if (list.length === 0 || first === undefined || first.length === 0) return [];
  const inside = (path: Segment[]) => pathText(path).startsWith(`${pathText(first)}[*]`);
  const plain = first.every((segment) => typeof segment === 'string' && !/[.[\]]/.test(segment));
  return plain && fields.every((field) => paths[field].every(inside)) ? [first.join('.')] : [];
}

/** One JSON document over several lines; what is on one line may be followed by others. */
function isDocument(head: Uint8Array): boolean {
  const text = Buffer.from(head).toString('utf8').trimStart();
  const end = text.indexOf('\n');
  return end !== -1 && parseJson(text.slice(0, end)) === undefined;
}

/** An element of a list as the record that holds it alone: the mapping's paths lead to it. */
function within(group: string, value: JsonObject): JsonObject {
  if (group === '') return value;
  return group.split('.').reduceRight<Json>((inner, name) => ({ [name]: inner }), [value]) as JsonObject;
}

/** Turns a record into what its tool calls say. Keys are made of the content, so that a file that has grown adds what is new. */
function rowReader(
  importer: string,
  mapping: ReadMapping,
  { name, at }: { name: string; at: number },
): (record: JsonObject, text: string, where: string) => Generator<ImportItem> {
  const { paths, list } = mapping;
  const all = fields.flatMap((field) => paths[field]);
  /** Members of an element that paths lead into, and of the record around it. */
  const ofItem = new Set(all.filter((path) => listPart(path).length === list.length).map((path) => path[list.length]));
  const ofRecord = new Set(all.map(([first]) => first));
  const seen = new Map<string, number>();
  let file: string | undefined;
  let last: number | undefined;
  let count = 0;

  function* rows(record: JsonObject, text: string, where: string): Generator<ImportItem> {
    file ??= contentKey(name, text);
    let found = 0;
    for (const places of elements(record, list)) {
      found += 1;
      yield* row(record, places, places.length === 0 ? where : `${where} ${placesText(list, places)}`.trim());
    }
    if (found === 0) yield { skipped: { where, reason: `nothing at ${pathText(list)}` } };
  }

  function* row(record: JsonObject, places: number[], where: string): Generator<ImportItem> {
    const read = (field: Field) => {
      for (const path of paths[field]) {
        const value = valueAt(record, path, places);
        if (value !== undefined && value !== null && value !== '') return { value, name: path.at(-1) };
      }
      return undefined;
    };
    const tool = read('tool')?.value;
    const called = word(read('id')?.value);
    const statedStatus = read('status');
    const failure = namesFailure(statedStatus?.name) ? statedStatus : undefined;
    const result = read('result') ?? failure;
    if (tool !== undefined && typeof tool !== 'string') {
      yield { skipped: { where, reason: `the tool at ${shown(paths.tool)} is no text` } };
      return;
    }
    const answers = tool === undefined;
    if (answers && (called === undefined || result === undefined)) {
      yield { skipped: { where, reason: `no tool at ${shown(paths.tool)}` } };
      return;
    }
    const traceId = word(read('trace')?.value);
    const stated = timeOf(read('time')?.value);
    // What has no time stands behind what was before it.
    const time = stated ?? (last === undefined ? at + count * 2 : last + 1);
    last = stated ?? last;
    count += 1;
    const item = valueAt(record, list, places) ?? record;
    const content = contentKey(traceId ?? '', JSON.stringify(item));
    const times = seen.get(content) ?? 0;
    seen.set(content, times + 1);
    const key = contentKey(traceId ?? (file as string), content, String(times));
    const toolCallId = called ?? key;
    const duration = durationOf(read('duration')?.value, mapping.duration_unit);
    const { status, problem } = statusIn(statedStatus, result !== undefined);
    if (problem !== undefined) yield { mended: { where, reason: problem } };
    if (read('time') !== undefined && stated === undefined) {
      yield { mended: { where, reason: `no time at ${shown(paths.time)} that can be read` } };
    }
    const events: IntakeEvent[] = [];
    if (!answers) {
      events.push({
        type: 'tool_call',
        tool_call_id: toolCallId,
        name: tool as string,
        arguments: unwrapped(read('arguments')?.value) ?? {},
        at: time,
        metadata: present({ step: read('step')?.value, ...unmapped(item, ofItem) }),
      });
    }
    if (status !== 'pending' && (result !== undefined || status !== undefined)) {
      events.push({
        type: 'tool_result',
        tool_call_id: toolCallId,
        result: unwrapped(result?.value) ?? null,
        at: answers ? time : time + Math.round((duration ?? 0) * 1000),
        ...present({ duration_ms: duration }),
        ...(status === undefined ? {} : { is_error: status === 'error' }),
      });
    }
    const trace: IntakeTrace = {
      key: `${importer}:${traceId ?? file}`,
      kind: 'agent',
      title: titleOf(traceId === undefined ? name : `${mapping.name} ${traceId}`) ?? mapping.name,
      ...(list.length === 0 || places.some((place) => place > 0) ? {} : { metadata: unmapped(record, ofRecord) }),
    };
    const ended_at = Math.max(time, ...events.map((event) => event.at));
    yield {
      record: recordOf(importer, key, trace, { started_at: time, ended_at }, { events }),
      ...(stated === undefined ? { undated: true as const } : {}),
    };
  }

  function statusIn(read: { value: Json; name: Segment | undefined } | undefined, finished: boolean) {
    // A member called error that is not there says that nothing failed, where the mapping asks it alone.
    if (read === undefined) {
      const asked = finished && paths.status.length > 0 && paths.status.every((path) => namesFailure(path.at(-1)));
      return asked ? { status: 'ok' as const } : {};
    }
    if (namesFailure(read.name)) {
      const failed = read.value !== false && read.value !== 0 && read.value !== 'false';
      return { status: failed ? ('error' as const) : ('ok' as const) };
    }
    const status = statusOf(read.value, read.name, mapping.status_values);
    if (status !== null) return { status };
    return { problem: `the status ${JSON.stringify(read.value).slice(0, 80)} is not in status_values` };
  }

  return rows;
}

/** What no path leads into: kept as it is. */
function unmapped(item: Json, led: ReadonlySet<Segment | undefined>): JsonObject {
  if (!isObject(item)) return {};
  return Object.fromEntries(Object.entries(item).filter(([member]) => !led.has(member)));
}

function word(value: Json | undefined): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function shown(paths: Segment[][]): string {
  return paths.map(pathText).join(' or ');
}

/** `steps[3]`: the list's part with the elements' places in it. */
function placesText(list: Segment[], places: number[]): string {
  let next = 0;
  return pathText(list.map((segment) => (segment === null ? (places[next++] ?? null) : segment)));
}
