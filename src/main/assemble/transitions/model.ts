import type { Transition } from './transition.js';

/** The change from one model to another; two names of one model are none. */
export function switched(from: string | null, to: string | null): Transition | null {
  if (from === null || to === null || plain(from) === plain(to)) return null;
  return { change: 'model', description: `model: ${to}`, data: { from, to } };
}

/** An answer names the model by its date, a request that failed only as it was asked for. */
function plain(model: string): string {
  return model
    .toLowerCase()
    .replace(/^.*\//, '')
    .replace(/[-@:](\d{4}-\d\d-\d\d|\d{8}|latest)$/, '');
}
