import { createRedactor, entities, loadPolicy } from '../../../../src/main/redact/index.js';
import { key } from '../support.js';

const everything = createRedactor({
  policy: loadPolicy({ actions: Object.fromEntries(entities.map((entity) => [entity, 'mask'])) }),
  key,
});

/** What is found of an entity, with every entity looked for. */
export function found(text: string, entity: string): string[] {
  return everything
    .spans(text)
    .findings.filter((each) => each.entity === entity)
    .map(({ start, end }) => text.slice(start, end));
}
