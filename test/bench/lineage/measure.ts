import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assemble } from '../../../src/main/assemble/index.js';
import { clientName, decodeExchange, readExchange } from '../../../src/main/decode/index.js';
import { createRedactor, defaultPolicy } from '../../../src/main/redact/index.js';
import { openWriter } from '../../../src/main/store/index.js';
import type { Assembled, Edge } from '../../../src/shared/model/index.js';
import { type MemoryLineage, memoryLineage } from '../../support/lineage.js';
import type { Ask, Label, Labelled } from './agent.js';

export interface Agreement {
  precision: number;
  recall: number;
  f1: number;
}

export interface Result {
  calls: number;
  /** Exchanges that decoding did not take for a call; they count as found nowhere. */
  undecoded: number;
  sessions: Agreement;
  subagents: Agreement;
  /** The same with the tool call that started the subagent. */
  subagent_steps: Agreement;
  tools: Agreement;
  predecessors: Agreement;
  /** Mean of request and response bodies of one call. */
  bytes_per_call: number;
  /** Milliseconds of processor time in all. */
  millis: { read: number; redact: number; decode: number; assemble: number; save: number };
  calls_per_second: number;
  /** By rule and confidence. */
  rules: { [rule: string]: { edges: number; right: number } };
}

/** Processor time of this process, in microseconds: on a busy machine the clock would measure the others. */
export function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Exchanges that the pipeline commits together. */
const batch = 256;

const pairs = (size: number) => (size * (size - 1)) / 2;

export function agreement(right: number, found: number, expected: number): Agreement {
  const precision = found === 0 ? 1 : right / found;
  const recall = expected === 0 ? 1 : right / expected;
  return { precision, recall, f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

/** Agreement of two groupings over all pairs, counted by the sizes of the groups. */
function grouping(calls: { truth: string; found: string }[]): Agreement {
  const count = (key: (call: { truth: string; found: string }) => string) => {
    const sizes = new Map<string, number>();
    for (const call of calls) sizes.set(key(call), (sizes.get(key(call)) ?? 0) + 1);
    return [...sizes.values()].reduce((sum, size) => sum + pairs(size), 0);
  };
  return agreement(
    count((call) => `${call.truth}\0${call.found}`),
    count((call) => call.found),
    count((call) => call.truth),
  );
}

/** Compares what the assembler says of each exchange with what the generator knows. */
class Score {
  readonly #calls: { truth: string; found: string }[] = [];
  readonly #group = new Map<string, string>();
  readonly #groupTruth = new Map<string, string>();
  readonly #lastGroup = new Map<string, string>();
  readonly #sessionOf = new Map<string, string>();
  readonly #askOf = new Map<string, string>();
  readonly #stepAsk = new Map<string, string>();
  readonly #parents = new Map<string, NonNullable<Label['parent']>>();
  readonly #stepsTaken = new Set<string>();
  readonly #met = new Set<string>();
  readonly #edges = { right: 0, steps: 0, found: 0 };
  readonly #tools = { right: 0, found: 0, expected: 0 };
  readonly #before = { right: 0, found: 0, kept: 0, expected: 0 };
  readonly rules: Result['rules'] = {};
  undecoded = 0;

  add(label: Label, { call, witness }: Assembled): void {
    const { session } = label;
    this.#tools.expected += label.answers.length;
    if (label.parent !== undefined) this.#parents.set(session, label.parent);
    if (call === null && witness !== undefined) {
      this.#calls.push({ truth: session, found: this.#group.get(witness.trace_id) ?? witness.trace_id });
      return;
    }
    if (call === null) {
      this.undecoded++;
      this.#calls.push({ truth: session, found: `undecoded ${this.undecoded}` });
      return;
    }
    const opened = call.new_trace;
    const predecessor = opened?.predecessor_trace_id ?? null;
    if (opened !== null) {
      const group = (predecessor === null ? undefined : this.#group.get(predecessor)) ?? call.trace_id;
      this.#group.set(call.trace_id, group);
      if (!this.#groupTruth.has(group)) this.#groupTruth.set(group, session);
    }
    const found = this.#group.get(call.trace_id) ?? call.trace_id;
    const ofGroup = this.#groupTruth.get(found) ?? session;
    this.#calls.push({ truth: session, found });
    // An edge is judged by the call that it leads to, not by what went wrong before that.
    const { parent_call_id } = call.call;
    const ofParent = parent_call_id === null ? ofGroup : this.#sessionOf.get(parent_call_id);
    this.#edge(
      call.call.edge,
      opened === null || predecessor !== null ? ofParent === session : !this.#met.has(session),
    );
    this.#sessionOf.set(call.call.call_id, session);
    if (label.rewritten) {
      this.#before.expected++;
      if (found === this.#lastGroup.get(session)) this.#before[predecessor === null ? 'kept' : 'right']++;
    }
    if (predecessor !== null) {
      this.#before.found++;
      if (!label.rewritten && ofGroup === session) {
        this.#before.right++;
        this.#before.expected++;
      }
    }
    this.#lastGroup.set(session, found);
    this.#met.add(session);
    this.#spawned(label, call);
    this.#paired(label, call);
  }

  #edge({ rule, confidence }: Edge, right: boolean): void {
    const key = `${rule} ${confidence.toFixed(2)}`;
    const entry = this.rules[key] ?? { edges: 0, right: 0 };
    this.rules[key] = entry;
    entry.edges++;
    if (right) entry.right++;
  }

  #spawned({ parent, key }: Label, { new_trace, new_tool_calls, call }: NonNullable<Assembled['call']>): void {
    let index = 0;
    for (const tool of new_tool_calls) {
      if (tool.result !== undefined) continue;
      const ask = `${key} ${index++}`;
      this.#stepAsk.set(tool.step_id, ask);
      this.#askOf.set(`${call.call_id} ${tool.tool_call_id}`, ask);
    }
    if (new_trace === null || new_trace.parent_trace_id === null) return;
    this.#edges.found++;
    const group = this.#group.get(new_trace.parent_trace_id) ?? new_trace.parent_trace_id;
    if (parent === undefined || this.#groupTruth.get(group) !== parent.session) return;
    this.#edges.right++;
    const step = new_trace.parent_step_id === null ? undefined : this.#stepAsk.get(new_trace.parent_step_id);
    // Each of several subagents with one order has to get a step of its own.
    if (step === undefined || this.#stepsTaken.has(step) || !parent.alike.some((ask) => askText(ask) === step)) return;
    this.#stepsTaken.add(step);
    this.#edges.steps++;
  }

  #paired({ answers }: Label, { tool_results }: NonNullable<Assembled['call']>): void {
    const expected = new Set(answers.map(askText));
    for (const { call_id, tool_call_id } of tool_results) {
      this.#tools.found++;
      if (expected.has(this.#askOf.get(`${call_id} ${tool_call_id}`) ?? '')) this.#tools.right++;
    }
  }

  result(): Pick<Result, 'sessions' | 'subagents' | 'subagent_steps' | 'tools' | 'predecessors'> {
    const { right, steps, found } = this.#edges;
    const linked = this.#before;
    return {
      sessions: grouping(this.#calls),
      subagents: agreement(right, found, this.#parents.size),
      subagent_steps: agreement(steps, found, this.#parents.size),
      tools: agreement(this.#tools.right, this.#tools.found, this.#tools.expected),
      predecessors: agreement(linked.right + linked.kept, linked.found + linked.kept, linked.expected),
    };
  }
}

const askText = ({ exchange, index }: Ask) => `${exchange} ${index}`;

interface Keeper {
  lineage: MemoryLineage | ReturnType<typeof openWriter>['lineage'];
  save(assembled: Assembled): unknown;
}

/** The path that the pipeline takes, each stage timed. `reopenAt`: the store is closed and opened again before this one. */
export function measure(traffic: Labelled[], where: 'store' | 'memory', reopenAt: number | null = null): Result {
  const redactor = createRedactor({ policy: defaultPolicy, key: new Uint8Array(32).fill(7) });
  const millis = { read: 0, redact: 0, decode: 0, assemble: 0, save: 0 };
  const score = new Score();
  const run = (keeper: Keeper, labels: Labelled[]) => {
    const clock = { read: 0, redact: 0, decode: 0, assemble: 0, save: 0 };
    const began = { cpu: cpuMicros(), at: performance.now() };
    for (const label of labels) {
      const t0 = performance.now();
      const read = readExchange(label.exchange);
      const t1 = performance.now();
      const redacted = redactor.exchange(read);
      const t2 = performance.now();
      const decoded = decodeExchange(redacted);
      const t3 = performance.now();
      clock.read += t1 - t0;
      clock.redact += t2 - t1;
      clock.decode += t3 - t2;
      for (const [index, each] of decoded.entries()) {
        const t4 = performance.now();
        const assembled = assemble(each, keeper.lineage, clientName);
        const t5 = performance.now();
        keeper.save(assembled);
        clock.assemble += t5 - t4;
        clock.save += performance.now() - t5;
        // Of a socket the turns come behind it.
        const told = label.turns === undefined ? (index === 0 ? label : undefined) : label.turns[index - 1];
        if (told !== undefined) score.add(told, assembled);
      }
    }
    // Asking for processor time at every stage would cost more than some of them: the batch's is split by the clock.
    const share = (cpuMicros() - began.cpu) / 1000 / (performance.now() - began.at);
    for (const stage of Object.keys(millis) as (keyof typeof millis)[]) millis[stage] += clock[stage] * share;
  };
  if (where === 'memory') {
    const keeper = inMemory();
    for (let from = 0; from < traffic.length; from += batch) run(keeper, traffic.slice(from, from + batch));
  } else inStore(traffic, reopenAt, run);
  const path = millis.read + millis.redact + millis.decode + millis.assemble;
  const { rules, undecoded } = score;
  const calls = traffic.reduce((sum, { turns }) => sum + (turns?.length ?? 1), 0);
  const calls_per_second = (calls / path) * 1000;
  const bytes = traffic.reduce(
    (sum, { exchange }) => sum + exchange.request.bytes + (exchange.response?.bytes ?? 0),
    0,
  );
  const bytes_per_call = Math.round(bytes / calls);
  return { calls, undecoded, ...score.result(), bytes_per_call, millis, calls_per_second, rules };
}

function inMemory(): Keeper {
  const lineage = memoryLineage();
  return { lineage, save: (assembled) => lineage.save(assembled) };
}

/** Commits as the pipeline does, a batch at a time. */
function inStore(
  traffic: Labelled[],
  reopenAt: number | null,
  run: (keeper: Keeper, labels: Labelled[]) => void,
): void {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-lineage-'));
  const open = () => openWriter(join(folder, 'sluice.db'), { sealKey: new Uint8Array(32), clientName });
  let writer = open();
  try {
    for (let from = 0; from < traffic.length; ) {
      const to = reopenAt !== null && from < reopenAt ? Math.min(reopenAt, from + batch) : from + batch;
      writer.transaction(() => run(writer, traffic.slice(from, to)));
      if (to === reopenAt) {
        writer.close();
        writer = open();
      }
      from = to;
    }
  } finally {
    writer.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
