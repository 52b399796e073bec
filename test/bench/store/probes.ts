import type { StoreReader } from '../../../src/main/store/index.js';
import { clients, models, origin, rareWord, tools, words } from './fill.js';
import type { Random } from './random.js';

export interface Probe {
  name: string;
  run(reader: StoreReader, random: Random): unknown;
}

const page = { limit: 100, cursor: null };

/** Questions as the studio and the API ask them, each at a random place and with random values. */
export function probes(traces: number): Probe[] {
  const moment = (random: Random) => new Date((origin + random.below(traces) * 20_000_000) / 1000).toISOString();
  const tool = (random: Random) => random.pick(tools);
  const common = (random: Random) => words[random.below(20)] as string;
  const seldom = (random: Random) => words[6000 + random.below(10_000)] as string;
  const query = (
    name: string,
    list: 'traces' | 'toolCalls' | 'exchanges',
    make: (random: Random) => string,
  ): Probe => ({
    name,
    run: (reader, random) => reader[list]({ ...page, query: make(random) }),
  });
  const someTrace = (reader: StoreReader, random: Random) =>
    reader.traces({ query: `started<${moment(random)}`, limit: 1, cursor: null }).items[0]?.trace_id ?? '';
  return [
    query('list traces', 'traces', () => ''),
    query('list traces, anywhere', 'traces', (random) => `started<${moment(random)}`),
    query('list tool calls, anywhere', 'toolCalls', (random) => `started<${moment(random)}`),
    query('list exchanges, anywhere', 'exchanges', (random) => `started<${moment(random)}`),
    query('filter traces by model', 'traces', (random) => `model:${random.pick(models)} started<${moment(random)}`),
    query(
      'filter traces by tool and client',
      'traces',
      (random) => `tool:${tool(random)} client:${random.pick(clients)}`,
    ),
    query('filter traces by wildcard', 'traces', () => 'model:claude* has:error'),
    query('filter traces by numbers', 'traces', (random) => `cost>0.2 calls>4 tokens<100000 started<${moment(random)}`),
    query('filter traces by session', 'traces', (random) => `session:session-${random.below(traces)}`),
    query('filter traces by nothing there', 'traces', () => 'calls>900 -kind:gold'),
    query('filter tool calls by tool', 'toolCalls', (random) => `tool:${tool(random)} started<${moment(random)}`),
    query('filter tool calls by tool and status', 'toolCalls', (random) => `tool:${tool(random)} status:error`),
    query('filter tool calls by duration', 'toolCalls', (random) => `duration>1500ms started<${moment(random)}`),
    query('filter tool calls by client', 'toolCalls', (random) => `client:${random.pick(clients)}`),
    query('filter exchanges by tool', 'exchanges', (random) => `tool:${tool(random)} model:gpt*`),
    query('search traces, rare word', 'traces', () => rareWord),
    query('search traces, seldom word', 'traces', seldom),
    query('search traces, common word', 'traces', common),
    query(
      'search traces, two words and filter',
      'traces',
      (random) => `${seldom(random)} ${common(random)} kind:agent`,
    ),
    query('search traces, common words, rare tool', 'traces', (random) => `${common(random)} tool:${tools.at(-1)}`),
    query('search traces, phrase', 'traces', (random) => `"${common(random)} ${common(random)}"`),
    query('search traces, not', 'traces', (random) => `-${common(random)} has:error`),
    query('search tool calls, rare word', 'toolCalls', () => rareWord),
    query('search tool calls, seldom word', 'toolCalls', seldom),
    query('search tool calls, common word', 'toolCalls', (random) => `${common(random)} started<${moment(random)}`),
    query('search tool calls, word and tool', 'toolCalls', (random) => `${seldom(random)} tool:${tool(random)}`),
    query('search exchanges, rare word', 'exchanges', () => rareWord),
    query('search exchanges, common word', 'exchanges', common),
    {
      name: 'trace page: summary, steps, tool calls',
      run(reader, random) {
        const id = someTrace(reader, random);
        reader.traceSummary(id);
        reader.traceSteps(id, -1, 200);
        return reader.traceToolCalls(id, null, 200);
      },
    },
    { name: 'whole trace', run: (reader, random) => reader.trace(someTrace(reader, random)) },
    {
      name: 'exchange with bodies',
      run(reader, random) {
        const { items } = reader.exchanges({ query: `started<${moment(random)}`, limit: 1, cursor: null });
        return reader.exchange(items[0]?.exchange_id ?? '', 65_536);
      },
    },
    { name: 'values of a field', run: (reader) => reader.fieldValues('tool_calls', 'tool', '', 20) },
  ];
}
