import { describe, expect, it } from 'vitest';
import { agent, decoded, start } from '../../../support/conversation.js';
import { threader } from '../../../support/lineage.js';

const path = 'https://api.anthropic.com/v1/messages/count_tokens';

describe('a count of tokens', () => {
  it.each([
    ['before the first answer', 0, 200],
    ['that ends after it', -10, 5000],
  ])('%s belongs to the conversation that it counts', (_, offset, durationMs) => {
    const { take } = threader();
    const counted = decoded(
      agent({ clock: { now: start + offset * 1000 } })
        .user('Do the task.')
        .call({ text: '' }, { path, durationMs }),
    );
    const begun = decoded(
      agent({ clock: { now: start + 20_000 } })
        .user('Do the task.')
        .call({ text: 'Done.' }),
    );
    const calls = (durationMs < 1000 ? [counted, begun] : [begun, counted]).map(take);
    expect(calls[1]?.trace_id).toBe(calls[0]?.trace_id);
    expect(calls.flatMap((call) => call.steps).map((step) => step.type)).toEqual(['message', 'message', 'message']);
  });

  it('is taken up once', () => {
    const { take } = threader();
    const [count, one, other] = [
      agent().user('Do it.').call({ text: '' }, { path }),
      ...[1, 2].map((n) =>
        agent({ clock: { now: start + n * 2_000_000 } })
          .user('Do it.')
          .call({ text: `Done ${n}.` }),
      ),
    ].map((exchange) => take(decoded(exchange)));
    expect(one?.trace_id).toBe(count?.trace_id);
    expect(other?.trace_id).not.toBe(count?.trace_id);
  });
});
