import { describe, expect, it } from 'vitest';
import { switched } from '../../../../src/main/assemble/transitions/model.js';
import { transitionAnswered, transitionAsked } from '../../../../src/main/assemble/transitions/rules.js';
import type { ChatMessage, Json, NewStep, Part } from '../../../../src/shared/model/index.js';
import { threader } from '../../../support/lineage.js';
import { decodedRecord, reportedCall, says, testTime } from '../../../support/records.js';

const second = 1_000_000;
const trace = { key: 'test:changes', kind: 'agent' as const };

function session() {
  const { keep } = threader();
  let at = testTime;
  return (messages: ChatMessage[], answer: Part[], more: { model?: string; first?: number } = {}): NewStep[] => {
    at += 10 * second;
    const call = reportedCall(messages, answer, {
      response_id: `resp_${at}_of_the_test`,
      ...(more.model === undefined ? {} : { model: more.model }),
    });
    const first_token_at = more.first === undefined ? {} : { first_token_at: at + more.first };
    const kept = keep(
      decodedRecord({ trace, started_at: at, ended_at: at + 5 * second, call: { ...call, ...first_token_at } }),
    );
    return kept.call?.steps ?? [];
  };
}
const asks = (name: string, args: Json, id: string): Part => ({ type: 'tool_call', id, name, arguments: args });
const answers = (id: string, result: Json, failed = false): ChatMessage => ({
  role: 'tool',
  parts: [{ type: 'tool_result', tool_call_id: id, result, ...(failed ? { is_error: true } : {}) }],
});
const changes = (steps: NewStep[]) => steps.filter((step) => step.type === 'state_change');
const types = (steps: NewStep[]) => steps.map(({ type }) => type);

describe('changes that are seen in a conversation', () => {
  it('are steps of their own behind the tool call that tells of them, marked derived', () => {
    const say = session();
    const plan = {
      todos: [
        { content: 'Read', status: 'completed' },
        { content: 'Write', status: 'in_progress' },
      ],
    };
    const steps = say([says('user', 'go')], [asks('TodoWrite', plan, 'toolu_plan_of_the_test')]);
    expect(types(steps)).toEqual(['message', 'tool_call', 'state_change']);
    expect(steps[2]).toMatchObject({
      description: 'plan: 1 of 2 done, now Write',
      derived: true,
      call_id: steps[1]?.call_id,
      at: steps[1]?.at,
      data: {
        change: 'plan',
        tool_call_id: 'toolu_plan_of_the_test',
        points: [
          { text: 'Read', status: 'done' },
          { text: 'Write', status: 'in_progress' },
        ],
      },
    });
  });

  it('tell when a subagent begins and ends, also where it failed', () => {
    const say = session();
    const order = { description: 'Count the boats', prompt: 'Count all boats in the harbour.', subagent_type: 'scout' };
    const history = [says('user', 'go')];
    const asked = [asks('Task', order, 'toolu_one_of_the_test'), asks('Task', order, 'toolu_two_of_the_test')];
    const begun = changes(say(history, asked));
    expect(begun.map(({ data }) => (data as { state: string }).state)).toEqual(['begins', 'begins']);
    expect(begun[0]?.description).toBe('subagent scout begins: Count the boats');
    const ended = say(
      [
        ...history,
        { role: 'assistant', parts: asked },
        answers('toolu_one_of_the_test', '12 boats'),
        answers('toolu_two_of_the_test', 'no harbour', true),
      ],
      [{ type: 'text', text: 'Twelve.' }],
    );
    expect(changes(ended).map(({ description }) => description)).toEqual(['subagent ended', 'subagent failed']);
    // Each stands behind its result.
    expect(types(ended)).toEqual(['tool_result', 'state_change', 'tool_result', 'state_change', 'message']);
  });

  it('tell when another model goes on, once, and not of another name for it', () => {
    const say = session();
    let history = [says('user', 'one')];
    const turn = (model: string, text: string) => {
      const steps = say(history, [{ type: 'text', text }], { model });
      history = [...history, says('assistant', text), says('user', `then ${text}`)];
      return changes(steps).map(({ description, data }) => [description, data]);
    };
    expect(turn('small-2', 'a first answer')).toEqual([]);
    expect(turn('small-2-2026-01-31', 'a second answer')).toEqual([]);
    expect(turn('large-1', 'a third answer')).toEqual([
      ['model: large-1', { change: 'model', from: 'small-2-2026-01-31', to: 'large-1' }],
    ]);
    expect(turn('large-1', 'a fourth answer')).toEqual([]);
  });
});

describe('the steps of one answer', () => {
  it('keep their order: what was thought behind words is not moved before them, and no time runs backwards', () => {
    const say = session();
    const thought = (text: string): Part => ({ type: 'reasoning', text });
    const steps = say(
      [says('user', 'go')],
      [
        thought('First I look.'),
        { type: 'text', text: 'Looking.' },
        thought('Now I know.'),
        asks('look', {}, 'call_look_of_the_test'),
        thought('At last.'),
      ],
      { first: second },
    );
    expect(types(steps)).toEqual(['message', 'reasoning', 'message', 'reasoning', 'tool_call', 'reasoning']);
    const times = steps.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    // What was thought first was thought when the first word came.
    expect(steps[1]?.at).toBeLessThan(steps[2]?.at as number);
  });

  it('stand between begin and end of their call, whatever a file says of the first word', () => {
    for (const first of [-50 * second, 900 * second]) {
      const steps = session()(
        [says('user', 'go')],
        [
          { type: 'reasoning', text: 'hm' },
          { type: 'text', text: 'yes' },
        ],
        { first },
      );
      const times = steps.map(({ at }) => at);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });
});

describe('tools by which agents tell of changes', () => {
  it.each<[string, Json, string | null]>([
    [
      'update_plan',
      {
        explanation: 'x',
        plan: [
          { step: 'Look', status: 'completed' },
          { step: 'Mend', status: 'pending' },
        ],
      },
      'plan: 1 of 2 done',
    ],
    ['functions.update_plan', { plan: [{ step: 'Look', status: 'in_progress' }] }, 'plan: 0 of 1 done, now Look'],
    ['write_todos', { todos: [{ description: 'Look', status: 'done' }] }, 'plan: 1 of 1 done'],
    ['todowrite', { todos: JSON.stringify([{ content: 'Look', status: 'cancelled' }]) }, 'plan: 1 of 1 done'],
    ['update_todo_list', { todos: '[x] Look\n[-] Mend\n[ ] Ship' }, 'plan: 1 of 3 done, now Mend'],
    ['TaskCreate', { subject: 'Look', description: 'closer' }, 'plan: Look'],
    ['TaskUpdate', { taskId: '3', status: 'in_progress' }, 'plan: point 3 (in progress)'],
    ['mcp__plans__create_plan', { steps: ['a', 'b'] }, 'plan: 0 of 2 done'],
    ['TodoWrite', { todos: [] }, null],
    ['ExitPlanMode', { plan: '# Plan' }, 'mode: plan is done'],
    ['switch_mode', { mode_slug: 'architect', reason: 'x' }, 'mode: architect'],
    ['EnterWorktree', { name: 'fix-7' }, 'working folder: fix-7'],
    ['spawn_agent', { agent_type: 'explorer', message: 'Find  the\nlamp' }, 'subagent explorer begins: Find the lamp'],
    ['transfer_to_refunds', {}, 'handed over to refunds'],
    ['task', { id: 4 }, null],
    ['read_file', { path: 'todo.md' }, null],
    ['bash', 'not an object', null],
  ])('%s %j', (tool, args, description) => {
    expect(transitionAsked(tool, args)?.description ?? null).toBe(description);
  });

  it('whose result is no end of what they began', () => {
    expect(transitionAnswered('spawn_agent', false)).toBeNull();
    expect(transitionAnswered('read_file', false)).toBeNull();
    expect(transitionAnswered('Agent', false)?.description).toBe('subagent ended');
  });

  it('knows one model by its names', () => {
    expect(switched('gpt-4o', 'gpt-4o-2024-08-06')).toBeNull();
    expect(switched('openai/gpt-4o', 'gpt-4o')).toBeNull();
    expect(switched('gpt-4o', 'gpt-4o-mini')).not.toBeNull();
    expect(switched(null, 'gpt-4o')).toBeNull();
  });
});
