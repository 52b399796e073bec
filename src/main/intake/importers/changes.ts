import type { IntakeEvent, Micros } from '../../../shared/model/index.js';

/** How an agent works, as session files say it beside what is said. */
export interface AgentState {
  folder?: string | undefined;
  /** What it may do by itself: `plan`, `acceptEdits`, `on-request, workspace-write`. */
  mode?: string | undefined;
}

/** What changed from one state to the next; what was not known before is no change. `id`: names the line. */
export function changeEvents(before: AgentState, now: AgentState, id: string, at: Micros): IntakeEvent[] {
  const names = { folder: 'working folder', mode: 'mode' } as const;
  return (['folder', 'mode'] as const).flatMap((change): IntakeEvent[] => {
    const [from, to] = [before[change], now[change]];
    if (from === undefined || to === undefined || from === to) return [];
    return [
      {
        type: 'state_change',
        description: `${names[change]}: ${to}`,
        derived: true,
        at,
        event_id: `${change}:${id}`,
        data: { change, from, to },
      },
    ];
  });
}
