import type { IntakeEvent } from '../../../shared/model/index.js';

/** An event with the ids that are made of it: the same event gives the same ones, in whatever record it comes. */
export interface PlacedEvent<E extends IntakeEvent = IntakeEvent> {
  event: E;
  /** Unique within the trace. */
  label: string;
  step_id: string;
}

/** What every step of an event has. */
export function stepBase(event: Pick<IntakeEvent, 'at' | 'duration_ms' | 'agent'>, step_id: string) {
  return {
    step_id,
    at: event.at,
    ...(event.duration_ms === undefined ? {} : { duration_ms: event.duration_ms }),
    ...(event.agent === undefined ? {} : { agent: event.agent }),
  };
}
