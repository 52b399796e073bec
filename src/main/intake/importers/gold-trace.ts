import type { IntakeTrace, Json, ToolOffer } from '../../../shared/model/index.js';
import { recordOf } from './build.js';
import {
  contentKey,
  isObject,
  type JsonObject,
  objectOf,
  objectsOf,
  present,
  textOf,
  timeOf,
  titleOf,
} from './fields.js';
import type { ImportContext, Importer, ImportItem } from './importer.js';
import { records, recordsOfKind } from './reading/values.js';
import { conversationOf, type Turn } from './turns.js';

const id = 'gold-trace';

/** Gold traces: a request, the policy that it stands under, the graph of calls that fulfils it and what these gave. */
export const goldTrace = {
  id,
  title: 'Gold traces',
  description:
    'Gold traces ({trace_id, request, policy, graph}) of sluice oracle or of others, and siblings that go wrong.',
  detect({ values }) {
    return values.some(isGold) ? 1 : 0;
  },
  read(input, context) {
    let place = 0;
    return recordsOfKind(records(input), isGold, 'not a gold trace', (entry) =>
      goldItems(asWritten(entry.value), entry.where, { ...context, at: context.at - 1_000_000 * place++ }),
    );
  },
} satisfies Importer;

function isGold({ request }: JsonObject): boolean {
  return isObject(request) && textOf(request['text']) !== undefined && textOf(request['intent_category']) !== undefined;
}

/** A row of our layout as it came: what that gathers stands at its place again. */
function asWritten({ extra, ...row }: JsonObject): JsonObject {
  return isObject(extra) ? { ...row, ...extra } : { ...row, ...(extra === undefined ? {} : { extra }) };
}

interface GoldCall {
  call_id: string;
  name: string;
  arguments: Json;
}

/** The records of a trace, or why there are none: first it as a whole, then what was said and called, a call after the other. */
function* goldItems(value: JsonObject, where: string, context: ImportContext): Generator<ImportItem> {
  const { consent, ...rest } = value;
  // Of itself alone, a consent is about it.
  const gold = isObject(consent) ? rest : value;
  const calls = callsOf(objectOf(gold['graph']));
  if (typeof calls === 'string') {
    yield { skipped: { where, reason: calls } };
    return;
  }
  const request = objectOf(gold['request']);
  const policy = objectOf(gold['policy']);
  const corrupted = objectOf(gold['corrupted']);
  const kind = textOf(corrupted['kind']);
  const generator = textOf(gold['generator']);
  const text = textOf(request['text']) as string;
  const traceId = textOf(gold['trace_id']);
  // Runs number their traces alike: what it says names it.
  const key = `${traceId ?? ''}:${contentKey(JSON.stringify(Object.entries(gold).sort(([a], [b]) => (a < b ? -1 : 1))))}`;
  const domain = textOf(calls[0]?.name.split('.')[0]);
  const intent = textOf(request['intent']) ?? textOf(request['intent_category']);
  const trace: IntakeTrace = {
    key: `${id}:${key}`,
    kind: 'gold',
    completion_status: 'completed',
    ...present({ title: titleOf(kind === undefined ? text : `${kind}: ${text}`) }),
    metadata: present({
      trace_id: traceId,
      scenario: domain === undefined ? intent : `${domain}.${intent}`,
      domain: request['domain'],
      intent: request['intent'],
      intent_category: request['intent_category'],
      policy_id: policy['policy_id'],
      generator,
      model: gold['model'],
      seed: gold['seed'],
      world: gold['world'],
      validated: gold['validated'],
      corrupted: gold['corrupted'],
      // The trace whose request it asks anew, of other rows.
      seeded_by: textOf(objectOf(gold['seeded_by'])['trace_id']),
    }),
  };
  const told = timeOf(gold['created_at']);
  const start = told ?? context.at;
  // What it is of is found where programs are: the sampler's never are taken for a model's.
  const client = generator === undefined ? undefined : `oracle/${generator.slice(0, 60)}`;
  yield {
    record: recordOf(
      id,
      `trace:${key}`,
      trace,
      { started_at: start },
      {
        ...(client === undefined ? {} : { client }),
        events: [
          {
            type: 'state_change',
            description: headline(kind, textOf(policy['policy_id'])),
            data: { gold_trace: gold },
            at: start,
            event_id: 'gold',
          },
        ],
      },
    ),
    ...(isObject(consent) ? { consent } : {}),
    ...(told === undefined ? { undated: true as const } : {}),
  };
  if (context.sample !== undefined) {
    // A record of its own: the trace may be there already, and its first record is not taken twice.
    const mark = { key: trace.key, kind: 'gold' as const, metadata: { [`sample:${context.sample}`]: true } };
    yield {
      record: recordOf(
        id,
        `sample:${context.sample}:${key}`,
        mark,
        { started_at: start },
        client === undefined ? {} : { client },
      ),
      ...(told === undefined ? { undated: true as const } : {}),
    };
  }
  const turns = turnsOf(text, calls, gold, toolsFor(calls, context));
  yield* conversationOf({ importer: id, key, trace, client, at: start + 1 }, turns);
}

function headline(corrupted: string | undefined, policy: string | undefined): string {
  const what = corrupted === undefined ? 'Gold trace' : `Corrupted sibling of a gold trace (${corrupted})`;
  return policy === undefined ? what : `${what} under ${policy}`;
}

/** Its calls in the order in which they run, or what of the graph is none. */
function callsOf({ calls, execution_order }: JsonObject): GoldCall[] | string {
  const list = objectsOf(calls);
  if (!Array.isArray(calls) || list.length !== calls.length || list.length === 0)
    return 'graph.calls is no list of calls';
  const order = new Map((Array.isArray(execution_order) ? execution_order : []).map((name, place) => [name, place]));
  const found = list.map((call, place) => ({
    call_id: textOf(call['call_id']) ?? `call_${place + 1}`,
    name: textOf(call['tool_id']) ?? '',
    arguments: call['arguments'] ?? {},
  }));
  if (found.some(({ name }) => name === '')) return 'a call of graph.calls has no tool_id';
  if (new Set(found.map(({ call_id }) => call_id)).size < found.length)
    return 'two calls of graph.calls have one call_id';
  const placeOf = ({ call_id }: GoldCall) => order.get(call_id) ?? list.length;
  return found.sort((a, b) => placeOf(a) - placeOf(b));
}

/** The request, then a call an answer, each given what the one before came to. */
function turnsOf(text: string, calls: readonly GoldCall[], gold: JsonObject, tools: ToolOffer[]): Turn[] {
  const results = objectOf(gold['results']);
  const model = textOf(gold['model']) ?? null;
  return [
    { input: [{ role: 'user', parts: [{ type: 'text', text }] }] },
    ...calls.flatMap(({ call_id, name, arguments: args }): Turn[] => {
      const result = results[call_id];
      const answer: Turn = {
        answer: [{ role: 'assistant', parts: [{ type: 'tool_call', id: call_id, name, arguments: args }] }],
        request: { tools, model },
        response: { model },
      };
      if (result === undefined) return [answer];
      const failed = isObject(result) && Object.keys(result).join() === 'error';
      return [
        answer,
        {
          input: [
            {
              role: 'tool',
              parts: [{ type: 'tool_result', tool_call_id: call_id, result, is_error: failed }],
            },
          ],
        },
      ];
    }),
  ];
}

/** What the agent could choose from: all tools of a field of work that is known, else at least those that it took. */
function toolsFor(calls: readonly GoldCall[], { toolsBeside }: ImportContext): ToolOffer[] {
  const names = [...new Set(calls.map(({ name }) => name))];
  return toolsBeside?.(names) ?? names.map((name) => ({ name, kind: 'function' }));
}
