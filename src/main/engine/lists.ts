import type { ListEntry, ListTitles } from '../../shared/model/index.js';
import { entityList } from '../../shared/policy.js';
import { threadingRules } from '../assemble/index.js';
import { fileFormats, layouts, trainers } from '../dataset/index.js';
import { formats } from '../decode/index.js';
import type { Listed } from '../ground/list.js';
import { conventions, importers } from '../intake/index.js';
import { leakRules } from '../leaks/index.js';
import { detectors } from '../redact/index.js';
import { domains } from '../review/index.js';

/** How the entries of every list are called: asked for by the studio, which keeps no table of its own. */
export const listTitles: ListTitles = {
  wire_formats: entriesOf(formats),
  importers: entriesOf(importers),
  conventions: entriesOf(conventions),
  // A detector is called by what it finds.
  detectors: detectors.map(({ id, entity }) => ({ id, title: titleOf(entity), description: '' })),
  threading_rules: entriesOf(threadingRules),
  layouts: entriesOf(Object.values(layouts)),
  trainers: entriesOf(Object.values(trainers)),
  file_formats: entriesOf(Object.values(fileFormats)),
  leak_rules: entriesOf(leakRules),
  domains: entriesOf(domains),
};

function entriesOf(list: readonly Listed[]): ListEntry[] {
  return list.map(({ id, title, description = '' }) => ({ id, title, description }));
}

function titleOf(entity: string): string {
  return entityList.find((each) => each.entity === entity)?.title ?? entity;
}
