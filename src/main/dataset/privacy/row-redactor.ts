import type {
  ExportOptions,
  ExportPolicy,
  exportPseudonyms,
  FindingAction,
  Json,
} from '../../../shared/model/index.js';
import type { Action } from '../../../shared/policy.js';

/** Something that was replaced in a row, or has to keep it out (`drop`). */
export interface Replaced {
  entity: string;
  action: FindingAction;
}

/** Redacts what was stored redacted once more, for one export. */
export interface RowRedactor {
  text(text: string): { value: string; replaced: Replaced[] };
  json(value: Json): { value: Json; replaced: Replaced[] };
  /** Whether a value was invented by redaction. */
  isInvented(entity: string, value: string): boolean;
  /** What is done with each kind of value. */
  actions: { readonly [entity: string]: Action };
}

/** How an export wants to be redacted. */
export interface WantedPrivacy {
  policy: ExportPolicy;
  pseudonyms: (typeof exportPseudonyms)[number];
  /** Whose pseudonyms they are where they are the dataset's own; absent: nobody's. */
  dataset?: string;
}

/** Unless it says otherwise, an export has pseudonyms of its own. */
export function wantedPrivacy(options: ExportOptions): WantedPrivacy {
  return {
    policy: options.policy ?? {},
    pseudonyms: options.pseudonyms ?? 'fresh',
    ...(options.dataset === undefined ? {} : { dataset: options.dataset.name }),
  };
}
