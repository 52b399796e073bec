/** Something that was done on a page and is not the engine's to know yet. */
export interface LocalStep {
  title: string;
  undo(): void | Promise<void>;
  redo(): void | Promise<void>;
}

/** One that the engine keeps, which alone knows what it was. */
interface EngineStep {
  act: true;
}

const depth = 500;
let done: (EngineStep | LocalStep)[] = [];
let undone: (EngineStep | LocalStep)[] = [];

/**
 * An act is asked of the engine: it stands where it was asked, however long that takes. What was undone before cannot be done
 * again. @returns takes it out where the engine did not do it
 */
export function didAct(): () => void {
  const step: EngineStep = { act: true };
  done = [...done, step].slice(-depth);
  undone = [];
  return () => {
    done = done.filter((each) => each !== step);
  };
}

/** `instead`: it takes the place of this one where that was the last, as letter after letter of one note does. */
export function didHere(step: LocalStep, instead?: LocalStep): void {
  const kept = instead !== undefined && done.at(-1) === instead ? done.slice(0, -1) : done;
  done = [...kept, step].slice(-depth);
  undone = [];
}

/** The page is left: what was done there and nowhere else is gone with it. */
export function forgetLocalSteps(): void {
  done = done.filter((step) => 'act' in step);
  undone = undone.filter((step) => 'act' in step);
}

/** What the next undo or redo turns; null: an act of the engine, also where none is known here, from before. */
export function turn(way: 'undo' | 'redo'): LocalStep | null {
  const step = (way === 'undo' ? done : undone).at(-1) ?? { act: true };
  if (way === 'undo') {
    done = done.slice(0, -1);
    undone = [...undone, step];
  } else {
    undone = undone.slice(0, -1);
    done = [...done, step];
  }
  return 'act' in step ? null : step;
}

/** The engine turned nothing: neither did this. */
export function unturn(way: 'undo' | 'redo'): void {
  if (way === 'undo') undone = undone.slice(0, -1);
  else done = done.slice(0, -1);
}
