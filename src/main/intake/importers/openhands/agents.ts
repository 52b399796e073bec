import type { IntakeTrace, Micros, ToolOffer } from '../../../../shared/model/index.js';
import type { Turn } from '../turns.js';

/** What one agent of a conversation said and did. */
export interface Agent {
  trace: IntakeTrace;
  key: string;
  turns: Turn[];
  tools: ToolOffer[];
}

/** An answer that is being put together from the events of its tool calls. */
export type Answer = Extract<Turn, { answer: unknown }>;

/** The agent that works, and those that wait for it. */
export class Agents {
  readonly all: Agent[];
  readonly #stack: Agent[];

  constructor(trace: IntakeTrace, key: string) {
    this.all = [{ trace, key, turns: [], tools: [] }];
    this.#stack = [...this.all];
  }

  get current(): Agent {
    return this.#stack.at(-1) as Agent;
  }

  /** An agent that was given a part of the work, by a tool call of the one before. */
  begin(call: string, title: string | undefined): void {
    const parent = this.current;
    const key = `${parent.key}/${this.all.length}`;
    const trace: IntakeTrace = {
      key: `${parent.trace.key}/${this.all.length}`,
      kind: 'agent',
      parent_key: parent.trace.key,
      parent_tool_call_id: call,
      ...(title === undefined ? {} : { title }),
    };
    const agent = { trace, key, turns: [], tools: [] };
    this.all.push(agent);
    this.#stack.push(agent);
  }

  end(): void {
    const ended = this.#stack.length > 1 ? this.#stack.pop() : undefined;
    if (ended !== undefined) ended.trace.completion_status = 'completed';
  }

  add(turn: Turn): void {
    this.current.turns.push(turn);
  }

  note(at: Micros | undefined, description: string, data: { [name: string]: unknown }): void {
    const kept = JSON.parse(JSON.stringify(data));
    this.add({ at, events: (then) => [{ type: 'state_change', description, at: then, data: kept }] });
  }
}
