import { type ReactNode, useCallback, useMemo, useState } from 'react';
import { placeholderSpans } from '../../components/placeholders.js';
import { bound } from '../../navigation/shortcuts.js';
import type { KeyHandlers } from '../../navigation/use-keys.js';
import { BetterDialog, CorrectionDialog, type Target, useLabels } from '../review/index.js';
import { schemaIn, targetOf } from './correctable.js';
import { type Item, toolStatus } from './items.js';
import type { TraceData } from './use-trace.js';

interface Options {
  traceId: string;
  data: TraceData;
  /** The item that keys are about, and the one that a jump goes on from; -1 for none. Asked when a key comes. */
  cursor(): number;
  goTo(index: number): void;
  /** Told what a key did not find. */
  say(text: string): void;
}

/** What reviewers do with single steps, by keyboard: jumps, labels, corrections, a better step. */
export function useStepActs({ traceId, data, cursor, goTo, say }: Options) {
  const acts = useLabels(traceId);
  const [dialog, setDialog] = useState<{ kind: 'correct' | 'better'; item: Item; target: Target } | null>(null);
  const close = useCallback(() => setDialog(null), []);

  const jump = (what: string, wanted: (item: Item) => boolean, way: 1 | -1) => {
    const { items } = data;
    const { length } = items;
    // Without a cursor the way back begins behind the last step.
    const from = way === -1 && cursor() === -1 ? length : cursor();
    for (let by = 1; by <= length; by += 1) {
      const at = (((from + by * way) % length) + length) % length;
      const item = items[at];
      if (item === undefined || !wanted(item)) continue;
      if (at === from) say(`No other ${what} in this trace`);
      else if (way === 1 && at < from) say(`From the start again: the first ${what}`);
      else if (way === -1 && at > from) say(`From the end again: the last ${what}`);
      goTo(at);
      return;
    }
    say(`No ${what} in this trace`);
  };
  const jumps = (what: string, wanted: (item: Item) => boolean) =>
    [() => jump(what, wanted, 1), () => jump(what, wanted, -1)] as const;
  const [tool, toolBefore] = jumps('tool call', ({ kind }) => kind === 'tool');
  const [error, errorBefore] = jumps('error', (item) => isError(item, data));
  const [finding, findingBefore] = jumps('redacted place', (item) => hasFinding(item, data));
  const onStep = (work: (item: Item) => void) => () => {
    const item = data.items[cursor()];
    if (item === undefined) say('Choose a step first');
    else work(item);
  };
  const open = (kind: 'correct' | 'better') =>
    onStep((item) => {
      const target = targetOf(item, data);
      if (target === null) say('There is nothing to correct in this step');
      else setDialog({ kind, item, target });
    });
  const keys: KeyHandlers = bound({
    'step.tool': tool,
    'step.toolBefore': toolBefore,
    'step.error': error,
    'step.errorBefore': errorBefore,
    'step.finding': finding,
    'step.findingBefore': findingBefore,
    'step.right': onStep(({ key }) => void acts.mark(key, 1)),
    'step.neither': onStep(({ key }) => void acts.mark(key, 0)),
    'step.wrong': onStep(({ key }) => void acts.mark(key, -1)),
    'step.firstWrong': onStep(({ key }) => void acts.firstWrong(key)),
    'step.correct': open('correct'),
    'step.better': open('better'),
  });

  const schemaOf = useMemo(() => schemaIn(data, dialog?.item.call_id), [data, dialog]);
  const dialogs: ReactNode = (
    <>
      <CorrectionDialog
        target={dialog?.kind === 'correct' ? dialog.target : null}
        labels={acts.shown}
        acts={acts}
        schemaOf={schemaOf}
        onClose={close}
      />
      <BetterDialog
        target={dialog?.kind === 'better' ? dialog.target : null}
        label={acts.shown?.step_labels.find(
          ({ step_id, reviewer }) => step_id === dialog?.target.step_id && reviewer === acts.me,
        )}
        acts={acts}
        schemaOf={schemaOf}
        onClose={close}
      />
    </>
  );
  return { keys, dialogs, acts };
}

function isError(item: Item, data: TraceData): boolean {
  if (item.kind === 'error') return true;
  if (item.kind === 'tool') {
    const paired = data.toolCallByStep.get(item.key);
    return toolStatus(item, paired) === 'error' || paired?.suspicion != null;
  }
  return item.kind === 'event' && item.step.type === 'terminal_command' && (item.step.exit_code ?? 0) !== 0;
}

/** Longest piece of an item that is looked through for what was redacted. */
const mostSearched = 200_000;

function hasFinding(item: Item, { notes }: TraceData): boolean {
  const content = item.kind === 'tool' ? [item.call?.arguments, item.result?.result] : [item.step];
  return content.some(
    (each) => placeholderSpans(JSON.stringify(each ?? null).slice(0, mostSearched), notes).length > 0,
  );
}
