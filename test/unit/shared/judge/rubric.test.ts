import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { rubricSchema } from '../../../../src/shared/model/index.js';

const folder = new URL('../../../../resources/rubrics/', import.meta.url);

describe('rubrics', () => {
  it.each(readdirSync(folder))('%s is one, named as its file', (file) => {
    const rubric = rubricSchema.parse(parse(readFileSync(new URL(file, folder), 'utf8')));
    expect(`${rubric.id}.yaml`).toBe(file);
  });

  it('are refused where a dimension stands twice, an anchor leaves the scale, or nothing is asked', () => {
    const base = { id: 'mine', version: '1', title: 'Mine', instructions: 'Judge.', sees: ['messages'] };
    const dimension = { id: 'care', title: 'Care', question: 'Careful?' };
    const paths = (rubric: object) => rubricSchema.safeParse(rubric).error?.issues.map(({ path }) => path.join('.'));
    expect(paths({ ...base, dimensions: [dimension] })).toBeUndefined();
    expect(paths({ ...base, dimensions: [dimension, dimension] })).toEqual(['dimensions']);
    expect(paths({ ...base, dimensions: [{ ...dimension, anchors: { '2': 'x' } }] })).toEqual(['dimensions.0.anchors']);
    expect(paths({ ...base, dimensions: [{ ...dimension, min: 1, max: 1 }] })).toContain('dimensions.0.max');
    expect(paths(base)).toEqual(['dimensions']);
    expect(paths({ ...base, task: 'steps', dimensions: [dimension] })).toEqual(['dimensions']);
  });
});
