import type { StreamEvent } from '../../../shared/model/index.js';

/** What a splitter made of a stream's text. */
export interface Split {
  events: StreamEvent[];
  /** The text ended where an event may end. */
  complete: boolean;
}

/** More events than this in one body are an attack on memory; the body is then kept as text. */
export const maxStreamEvents = 500_000;

export class TooManyEvents extends Error {
  constructor() {
    super(`more than ${maxStreamEvents} events`);
  }
}
