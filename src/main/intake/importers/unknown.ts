import { isObject, type JsonObject, objectsOf, textOf } from './fields.js';
import type { ImportHead } from './importer.js';
import { firstEntryName, isZip } from './reading/zip.js';

/** What a file that no importer claims looks like, and the importer whose files are most like it. */
export interface Likeness {
  looks_like: string;
  nearest: string | null;
}

/** Files by how they begin, in hex. */
const beginnings: readonly (readonly [string, string])[] = [
  ['25504446', 'a PDF document'],
  ['53514c69746520666f726d6174', 'an SQLite database'],
  ['50415231', 'a Parquet file'],
  ['4152524f5731', 'an Arrow file'],
  ['4f626a01', 'an Avro file'],
  ['89484446', 'an HDF5 file'],
  ['89504e47', 'a picture'],
  ['ffd8ff', 'a picture'],
  ['47494638', 'a picture'],
  ['7f454c46', 'a program'],
  ['8004', 'a Python pickle'],
  ['8005', 'a Python pickle'],
  ['425a68', 'a file packed with bzip2: unpack it and import what is in it'],
  ['fd377a585a', 'a file packed with xz: unpack it and import what is in it'],
  ['377abcaf', 'a 7z archive: unpack it and import the files in it'],
  ['52617221', 'a RAR archive: unpack it and import the files in it'],
  ['d4c3b2a1', 'a packet capture: what is encrypted in it cannot be read'],
  ['a1b2c3d4', 'a packet capture: what is encrypted in it cannot be read'],
  ['0a0d0d0a', 'a packet capture: what is encrypted in it cannot be read'],
];

interface Shape {
  name: string;
  nearest: string | null;
  /** Of one record of the file. */
  is(record: JsonObject): boolean;
}

const has = (record: JsonObject, ...names: string[]) => names.every((name) => name in record);

/** JSON that other tools write and that is not read yet; the first that fits is named. */
const shapes: readonly Shape[] = [
  {
    name: 'an export of ChatGPT (conversations.json)',
    nearest: 'openai-chat',
    is: (record) => isObject(record['mapping']) && has(record, 'title'),
  },
  {
    name: 'an export of Claude.ai (conversations.json)',
    nearest: 'openai-chat',
    is: (record) => Array.isArray(record['chat_messages']),
  },
  {
    name: 'a ShareGPT dataset',
    nearest: 'openai-chat',
    is: (record) => objectsOf(record['conversations'])[0]?.['from'] !== undefined,
  },
  {
    name: 'an instruction dataset (Alpaca)',
    nearest: 'openai-chat',
    is: (record) => has(record, 'instruction', 'output'),
  },
  {
    name: 'a session of GitHub Copilot Chat',
    nearest: 'openai-chat',
    is: (record) =>
      Array.isArray(record['requests']) && ('responderUsername' in record || 'requesterUsername' in record),
  },
  {
    name: 'a session of GitHub Copilot CLI',
    nearest: 'codex',
    is: (record) =>
      /^(session|user|assistant|tool|hook)\./.test(textOf(record['type']) ?? '') && isObject(record['data']),
  },
  {
    name: 'a session of Continue',
    nearest: 'openai-chat',
    is: (record) => has(record, 'sessionId', 'history') && Array.isArray(record['history']),
  },
  {
    name: 'a task of Cline or Roo Code (what the window showed; its api_conversation_history.json holds the messages)',
    nearest: 'openai-chat',
    is: (record) => has(record, 'ts') && ('say' in record || 'ask' in record),
  },
  {
    name: 'messages of the Anthropic API without a conversation around them (Cline and Roo Code keep such files)',
    nearest: 'openai-chat',
    is: (record) => has(record, 'role', 'content') && Array.isArray(record['content']),
  },
  {
    name: 'messages of a chat, one a record, without a conversation around them',
    nearest: 'openai-chat',
    is: (record) => has(record, 'role', 'content'),
  },
  {
    name: 'a trace of MLflow',
    nearest: 'otlp',
    is: (record) => isObject(record['info']) && isObject(record['data']) && Array.isArray(record['data']['spans']),
  },
  {
    name: 'spans of Jaeger or Zipkin',
    nearest: 'otlp',
    is: (record) => has(record, 'traceId', 'id', 'timestamp') || (has(record, 'traceID') && has(record, 'spans')),
  },
  {
    name: 'spans that are not in the form of OTLP',
    nearest: 'otlp',
    is: (record) => has(record, 'name') && ('span_id' in record || 'spanId' in record || 'context' in record),
  },
  {
    name: 'calls of Weights & Biases Weave',
    nearest: 'langsmith',
    is: (record) => has(record, 'op_name', 'trace_id'),
  },
  {
    name: 'a result of SWE-bench (predictions without their trajectory)',
    nearest: 'swe-agent',
    is: (record) => has(record, 'instance_id', 'model_patch'),
  },
  { name: 'a collection of Postman', nearest: 'har', is: (record) => has(record, 'info', 'item') },
  { name: 'an OpenAPI document', nearest: null, is: (record) => has(record, 'openapi', 'paths') },
  {
    name: 'a request or an answer of a model API without what belongs to it',
    nearest: 'openai-chat',
    is: (record) => has(record, 'model') && ('messages' in record || 'choices' in record || 'input' in record),
  },
];

/** Members that tell whose file one is like, where no shape fits. */
const members: readonly (readonly [string, readonly string[]])[] = [
  ['openai-chat', ['messages', 'conversation', 'conversations', 'prompt', 'completion', 'response', 'turns', 'text']],
  ['langfuse', ['observations', 'traceId', 'parentObservationId', 'usageDetails', 'projectId']],
  ['langsmith', ['run_type', 'inputs', 'outputs', 'parent_run_id', 'dotted_order', 'trace_id']],
  ['otlp', ['spans', 'resource', 'attributes', 'traceID', 'spanID', 'scope']],
  ['atif', ['steps', 'trajectory', 'final_metrics']],
  ['swe-agent', ['trajectory', 'history', 'action', 'observation', 'thought']],
  ['claude-code', ['sessionId', 'uuid', 'parentUuid', 'cwd']],
  ['codex', ['payload', 'thread_id', 'turn_id']],
  ['har', ['request', 'url', 'method', 'status', 'headers']],
  ['tool-calls', ['tool', 'tool_name', 'arguments', 'args', 'result', 'output']],
];

/** Names a file for what it looks like. */
export function likenessOf(head: ImportHead): Likeness {
  if (isZip(head.bytes)) return zipLikeness(firstEntryName(head.bytes));
  const start = Buffer.from(head.bytes.subarray(0, 16)).toString('hex');
  const signature = beginnings.find(([beginning]) => start.startsWith(beginning));
  if (signature !== undefined) return { looks_like: signature[1], nearest: null };
  if (Buffer.from(head.bytes.subarray(257, 262)).toString('latin1') === 'ustar')
    return { looks_like: 'a tar archive: unpack it and import the files in it', nearest: null };
  const [first] = head.values;
  if (first !== undefined) return jsonLikeness(head, first);
  const text = head.text?.trimStart() ?? '';
  if (head.text === null) return { looks_like: 'a binary file', nearest: null };
  if (/^<(!doctype html|html)/i.test(text)) return { looks_like: 'an HTML page', nearest: null };
  if (/^<\?xml|^<[a-z][\w:-]*[\s>]/i.test(text)) return { looks_like: 'XML', nearest: null };
  if (/^# aider chat started at/m.test(text)) return { looks_like: 'a chat history of Aider', nearest: null };
  if (/^(data|event): /m.test(text.slice(0, 2000))) return { looks_like: 'the stream of one answer', nearest: 'har' };
  if (/^[^\n,]+(,[^\n,]+){2,}\n/.test(text)) return { looks_like: 'a table (CSV)', nearest: 'langfuse' };
  if (/^[[{]/.test(text)) return { looks_like: 'JSON that is broken or empty', nearest: null };
  return { looks_like: 'text', nearest: null };
}

function jsonLikeness(head: ImportHead, first: JsonObject): Likeness {
  const fits = (shape: Shape) => head.values.some((record) => shape.is(record));
  const shape = shapes.find(fits);
  if (shape !== undefined) return { looks_like: shape.name, nearest: shape.nearest };
  const names = new Set(head.values.flatMap((record) => Object.keys(record)));
  const counted = members
    .map(([importer, typical]) => ({ importer, count: typical.filter((name) => names.has(name)).length }))
    .sort((a, b) => b.count - a.count)[0];
  const form =
    head.shape === 'lines' ? 'JSON lines' : head.shape === 'array' ? 'a JSON list of objects' : 'a JSON object';
  const shown = Object.keys(first)
    .slice(0, 8)
    .map((name) => name.slice(0, 40));
  const nearest = counted !== undefined && counted.count > 0 ? counted.importer : null;
  return { looks_like: shown.length === 0 ? form : `${form} with ${shown.join(', ')}`, nearest };
}

function zipLikeness(name: string): Likeness {
  if (name === '[Content_Types].xml' || name.startsWith('word/') || name.startsWith('xl/'))
    return { looks_like: 'an Office document', nearest: null };
  return { looks_like: `a ZIP archive (${name.slice(0, 80)}, …): unpack it and import the files in it`, nearest: null };
}

/** The likeness as a sentence, with what to do. */
export function likenessMessage({ looks_like, nearest }: Likeness): string {
  const sentence = `No importer knows this kind of file. It looks like ${looks_like}${nearest === null ? '.' : '; it is not read yet.'}`;
  if (nearest === null) return sentence;
  return `${sentence} The nearest is ${nearest}: sluice import --as ${nearest} FILE reads it as that.`;
}
