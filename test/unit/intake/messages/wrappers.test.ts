import { describe, expect, it } from 'vitest';
import { requestOf, responseOf } from '../../../../src/main/intake/importers/build.js';
import { textMessage } from '../../../../src/main/intake/messages/conversation.js';
import { type Watched, wrappersOf } from '../../../../src/main/intake/messages/wrappers.js';
import type { IntakeCall } from '../../../../src/shared/model/index.js';

const callOf = (answer: string | null, usage: number | null = null): IntakeCall => ({
  format: 'x',
  request: requestOf([textMessage('user', 'q')], { history_complete: true }),
  response: responseOf(answer === null ? [] : [textMessage('assistant', answer)], {
    usage: usage === null ? null : { output_tokens: usage },
  }),
});
const watched = (id: string, parent_id: string | null, call?: IntakeCall): Watched => ({ id, parent_id, call });
const ids = (all: Watched[]) => [...wrappersOf(all)].map(({ id }) => id);

describe('calls that wrap another', () => {
  it('are those that answer what a call below them answers, through whatever stands between', () => {
    const all = [
      watched('inner', 'span', callOf('The  sea\nis calm.')),
      watched('span', 'outer'),
      watched('outer', 'root', callOf('The sea is calm.', 7)),
      watched('root', null),
    ];
    expect(ids(all)).toEqual(['outer']);
    // What only the outer one counted is the inner one's.
    expect(all[0]?.call?.response?.usage).toEqual({ output_tokens: 7 });
  });

  it('are found over several layers, and where a run of calls ends in the same answer', () => {
    expect(
      ids([
        watched('a', null, callOf('done')),
        watched('b', 'a', callOf('done')),
        watched('c', 'b', callOf('step')),
        watched('d', 'b', callOf('done')),
      ]).sort(),
    ).toEqual(['a', 'b']);
  });

  it('are not those that say something of their own', () => {
    expect(ids([watched('a', null, callOf('yes')), watched('b', 'a', callOf('no'))])).toEqual([]);
    expect(ids([watched('a', null, callOf('yes')), watched('b', null, callOf('yes'))])).toEqual([]);
  });

  it('cost what they are many, and a circle ends', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => watched(`${index}`, `${index + 1}`));
    const calls = Array.from({ length: 20_000 }, (_, index) => watched(`c${index}`, '0', callOf('x')));
    expect(ids([...chain, ...calls])).toEqual([]);
    expect(ids([watched('a', 'b', callOf('x')), watched('b', 'a')])).toEqual([]);
  });
});
