import { lastSaid, replaced, textOf } from './look.js';
import type { PlantedFault } from './planted-fault.js';

/** The end names another number than the tools showed. */
export const inventedResult = {
  id: 'invented-result',
  title: 'Invented result',
  plant(steps, dice) {
    const said = lastSaid(steps);
    if (said === null) return null;
    const seen = new Set(
      steps.slice(0, said.at).flatMap((step) => {
        if (step.type === 'tool_result') return numbersOf(textOf(step.result));
        return step.type === 'terminal_command' ? numbersOf(step.output) : [];
      }),
    );
    const shared = [...new Set(numbersOf(said.step.content))].filter((number) => seen.has(number));
    if (shared.length === 0) return null;
    const number = dice.pick(shared);
    const other = String(Number(number) * 3 + 2);
    const content = said.step.content.replaceAll(
      new RegExp(`(?<![\\d.])${number.replace('.', '\\.')}(?![\\d.])`, 'g'),
      other,
    );
    return {
      steps: replaced(steps, said.at, { ...said.step, content }),
      step_id: said.step.step_id,
      what: `The end says ${other} where the tools showed ${number}.`,
    };
  },
} satisfies PlantedFault;

const numbersOf = (text: string): string[] =>
  text.slice(0, 100_000).match(/(?<![\w.])\d{1,12}(?:\.\d{1,6})?(?![\w.])/g) ?? [];
