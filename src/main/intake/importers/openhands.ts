import type { IntakeTrace } from '../../../shared/model/index.js';
import { firstWords } from './build.js';
import { contentKey, isObject, type JsonObject, listOf, objectOf, present, textOf, titleOf } from './fields.js';
import type { ImportContext, Importer, ImportItem } from './importer.js';
import { Agents } from './openhands/agents.js';
import { FirstEvents, isFirstEvent } from './openhands/first-events.js';
import { Ledger } from './openhands/ledger.js';
import { isSdkEvent, SdkEvents } from './openhands/sdk-events.js';
import { records } from './reading/values.js';
import { conversationOf } from './turns.js';

const id = 'openhands';

/**
 * Events of OpenHands, both kinds: those of its first event stream (actions and observations) and those of its SDK (`kind`).
 * They come as a list, one a line, or as the `history` of a run of a benchmark; a folder of event files is read as lines.
 */
export const openhands = {
  id,
  title: 'OpenHands events',
  description:
    'Trajectories, event folders and benchmark outputs of OpenHands, of its first event stream and of its SDK.',
  detect({ values }) {
    const recognized = values.filter((value) => isEvent(value) || isRun(value) || isState(value) || isOutput(value));
    return recognized.length === 0 ? 0 : recognized.length * 2 >= values.length ? 1 : 0.4;
  },
  async *read(input, context) {
    const loose: { event: JsonObject; where: string }[] = [];
    let state: JsonObject | null = null;
    let key = '';
    for await (const entry of records(input)) {
      if ('skipped' in entry) yield entry;
      else if (isRun(entry.value)) yield* run(entry.value, contentKey(entry.text), context);
      else if (isState(entry.value)) state = entry.value;
      else if (isEvent(entry.value)) {
        if (key === '') key = contentKey(entry.text);
        loose.push({ event: entry.value, where: entry.where });
      } else yield { skipped: { where: entry.where, reason: 'not an event' } };
    }
    if (loose.length === 0) return;
    const ledger = new Ledger();
    if (state !== null) ledger.addStats(objectOf(state['stats']));
    const own = textOf(state?.['id']) ?? key;
    yield* conversation(loose, { key: own, metadata: {}, ledger, context });
  },
} satisfies Importer;

const isEvent = (value: JsonObject): boolean => isFirstEvent(value) || isSdkEvent(value);

/** The output of a benchmark: a run a line. Its oldest ones hold pairs of an action and its observation. */
function isRun(value: JsonObject): boolean {
  const first = listOf(value['history'])[0];
  const event = Array.isArray(first) ? first[0] : first;
  return isObject(event) && isEvent(event);
}

/** The same before its history was seen. */
function isOutput(value: JsonObject): boolean {
  return 'instance_id' in value && 'agent_class' in objectOf(value['metadata']);
}

/** `base_state.json` beside the events of a conversation. */
function isState(value: JsonObject): boolean {
  return isObject(value['stats']) && isObject(value['agent']) && 'execution_status' in value;
}

function* run(document: JsonObject, hash: string, context: ImportContext): Generator<ImportItem> {
  const events = listOf(document['history']).flat() as unknown[];
  const entries = events.flatMap((event, place) =>
    isObject(event as never) ? [{ event: event as JsonObject, where: `history[${place}]` }] : [],
  );
  const ledger = new Ledger();
  ledger.add(objectOf(document['metrics']));
  ledger.addStats(objectOf(document['metrics']));
  const result = objectOf(document['test_result']);
  const model = textOf(objectOf(objectOf(document['metadata'])['llm_config'])['model']);
  const metadata = present({
    instance_id: document['instance_id'],
    git_patch: result['git_patch'],
    error: document['error'],
    model,
    agent_class: objectOf(document['metadata'])['agent_class'],
  });
  const resolved =
    document['resolved'] ?? objectOf(document['report'])['resolved'] ?? objectOf(result['report'])['resolved'];
  yield* conversation(entries, { key: hash, metadata, ledger, context, model, resolved });
}

function* conversation(
  events: readonly { event: JsonObject; where: string }[],
  of: {
    key: string;
    metadata: JsonObject;
    ledger: Ledger;
    context: ImportContext;
    model?: string | undefined;
    resolved?: unknown;
  },
): Generator<ImportItem> {
  const { key, ledger, context } = of;
  const trace: IntakeTrace = { key: `${id}:${key}`, kind: 'agent', metadata: of.metadata };
  const agents = new Agents(trace, key);
  const first = new FirstEvents(agents, ledger, context);
  const sdk = new SdkEvents(agents, ledger);
  // What answers cost may stand behind them.
  for (const { event } of events) {
    const value = objectOf(event['value']);
    if (event['key'] === 'stats') ledger.addStats(value);
    else if (event['key'] === 'full_state') ledger.addStats(objectOf(value['stats']));
  }
  for (const { event, where } of events) {
    if (isFirstEvent(event)) yield* first.event(event, where);
    else if (isSdkEvent(event)) yield* sdk.event(event, where);
    else yield { skipped: { where, reason: 'not an event' } };
  }
  sdk.end();
  const messages = agents.all[0]?.turns.flatMap((turn) => ('input' in turn ? turn.input : [])) ?? [];
  Object.assign(trace, present({ title: titleOf(firstWords(messages)) }), { completion_status: statusOf(events) });
  if (typeof of.resolved === 'boolean') {
    const value = of.resolved ? 1 : 0;
    agents.all[0]?.turns.push({ events: (at) => [{ type: 'score', kind: 'qa', name: 'resolved', value, at }] });
  }
  for (const agent of agents.all) {
    for (const turn of agent.turns) if ('answer' in turn && turn.response) turn.response.model ??= of.model ?? null;
    yield* conversationOf(
      { importer: id, key: agent.key, trace: agent.trace, client: id, at: context.at },
      agent.turns,
    );
  }
}

/** The last state that was told, or that it finished. */
function statusOf(events: readonly { event: JsonObject }[]): 'completed' | 'failed' | 'interrupted' {
  let status: 'completed' | 'failed' | 'interrupted' = 'interrupted';
  for (const { event } of events) {
    const { kind, action, observation, key, value } = event;
    const state =
      textOf(objectOf(event['extras'])['agent_state']) ??
      (key === 'execution_status' ? textOf(value) : undefined) ??
      (kind === 'ActionEvent' && event['tool_name'] === 'finish' ? 'finished' : undefined) ??
      (action === 'finish' ? 'finished' : undefined);
    if (state === 'finished' || state === 'awaiting_user_input') status = 'completed';
    else if (state === 'error' || kind === 'ConversationErrorEvent') status = 'failed';
    else if (state === 'running' || observation === 'run') status = status === 'failed' ? 'interrupted' : status;
  }
  return status;
}
