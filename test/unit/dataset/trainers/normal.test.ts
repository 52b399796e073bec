import { describe, expect, it } from 'vitest';
import { layouts } from '../../../../src/main/dataset/index.js';
import type { Layout } from '../../../../src/main/dataset/layouts/layout.js';
import { trainers } from '../../../../src/main/dataset/trainers/index.js';
import type { Trainer } from '../../../../src/main/dataset/trainers/trainer.js';
import type { JsonObject } from '../../../../src/main/ground/json.js';
import { fullExample, ordinarySession, pairExample, says, shownSession, user } from '../../../support/examples.js';
import { plainRows } from '../../../support/traces.js';

const pairs = ['openai-preference', 'trl-preference'];
const both = ['llamafactory-v1', 'llamafactory-sharegpt', 'ms-swift', 'openrlhf'];
/** Layouts that a trainer is made for: others that it reads too lose something there, which it says. */
const own = Object.values<Trainer>(trainers).flatMap((trainer) =>
  trainer.layouts
    .filter((id) => layouts[id].of === 'examples')
    .filter((id) => id.startsWith(trainer.id) || ['openai', 'azure', 'together', 'fireworks'].includes(trainer.id))
    .filter((id) => !(trainer.id === 'together' && id.startsWith('trl')))
    .map((id): [string, string] => [trainer.id, id]),
);

function rowsOf(id: string, example: ReturnType<typeof fullExample>): JsonObject[] {
  const layout: Layout = layouts[id as keyof typeof layouts];
  if (layout.of !== 'examples') throw new Error('not of examples');
  const reasoning = layout.choices?.reasoning?.[0] ?? 'strip';
  return [...layout.rows(example, plainRows({ reasoning }))].flatMap((item) =>
    'row' in item ? [JSON.parse(JSON.stringify(item.row)) as JsonObject] : [],
  );
}

describe('rows of ordinary sessions', () => {
  it.each(own)('%s finds nothing in %s', (trainer, id) => {
    const examples = pairs.includes(id) ? [pairExample()] : [fullExample()];
    if (both.includes(id)) examples.push(pairExample());
    const plain = [user('Hi 😀'), says('Hello.')];
    examples.push(pairs.includes(id) ? pairExample(plain) : fullExample(plain));
    for (const example of examples) {
      const check = trainers[trainer as keyof typeof trainers].open();
      const rows = rowsOf(id, example);
      for (const row of rows) expect(check.row(row)).toEqual([]);
    }
    const rows = examples.flatMap((example) => rowsOf(id, example));
    expect(rows.length).toBeGreaterThan(0);
  });

  it.each(
    own.filter(
      ([trainer, id]) => trainer !== 'together' && !['axolotl-chat', 'axolotl-kd', 'llamafactory-v1'].includes(id),
    ),
  )('%s finds nothing in %s with images', (trainer, id) => {
    const example = pairs.includes(id) ? pairExample(shownSession()) : fullExample(shownSession());
    const check = trainers[trainer as keyof typeof trainers].open();
    for (const row of rowsOf(id, example)) expect(check.row(row)).toEqual([]);
  });

  it('that lose their images say so', () => {
    const codes = (trainer: keyof typeof trainers, id: string) =>
      rowsOf(id, fullExample(shownSession())).flatMap((row) =>
        trainers[trainer]
          .open()
          .row(row)
          .map(({ code }) => code),
      );
    expect(codes('axolotl', 'axolotl-chat')).toEqual(['part_dropped', 'part_dropped']);
    expect(codes('llamafactory', 'llamafactory-v1')).toEqual(['content_type', 'content_type']);
    expect(codes('together', 'openai-chat')).toContain('image_invalid');
  });

  it('reasoning that is asked for where the trainer drops it is announced', () => {
    const layout: Layout = layouts['llamafactory-v1'];
    if (layout.of !== 'examples') throw new Error('not of examples');
    const [item] = [...layout.rows(fullExample(ordinarySession()), plainRows({ reasoning: 'keep' }))];
    if (item === undefined || 'skipped' in item) throw new Error('no row');
    expect(trainers.llamafactory.open().row(item.row as JsonObject)).toMatchObject([
      { field: 'messages[2].content[0]', code: 'reasoning_dropped', effect: 'dropped' },
    ]);
  });
});
