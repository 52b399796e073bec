import type * as z from 'zod';
import decisionQuality from '../../../../../resources/rubrics/decision-quality.yaml?raw';
import reasoning from '../../../../../resources/rubrics/reasoning.yaml?raw';
import stepCorrectness from '../../../../../resources/rubrics/step-correctness.yaml?raw';
import trajectory from '../../../../../resources/rubrics/trajectory.yaml?raw';
import { SluiceError } from '../../../../shared/errors.js';
import type { brokenRubricSchema, ListedRubric } from '../../../../shared/model/index.js';
import { lazily } from '../../../ground/lazily.js';
import { listed, parseRubric, type SecretsIn } from './parse.js';

/** Files of the data folder, `<id>.yaml`. */
export interface RubricFiles {
  list(): { name: string; text: string }[];
  write(name: string, text: string): void;
  remove(name: string): boolean;
}

const shipped = lazily(() =>
  [reasoning, decisionQuality, trajectory, stepCorrectness].map((text) => {
    const { rubric, problems } = parseRubric(text, () => []);
    if (rubric === null) throw new TypeError(`a shipped rubric is none: ${problems.join('; ')}`);
    return { listed: listed(rubric, 'shipped'), text };
  }),
);

export type Rubrics = ReturnType<typeof openRubrics>;

/** Rubrics that come along, and those of the data folder. */
export function openRubrics(files: RubricFiles, secretsIn: SecretsIn) {
  function own() {
    const found: { listed: ListedRubric; text: string }[] = [];
    const broken: z.infer<typeof brokenRubricSchema>[] = [];
    for (const { name, text } of files.list()) {
      const { rubric, problems } = parseRubric(text, secretsIn);
      if (rubric === null) broken.push({ file: name, problems });
      else if (name !== `${rubric.id}.yaml`)
        broken.push({ file: name, problems: [`id: the file of ${rubric.id} is ${rubric.id}.yaml`] });
      else if (isShipped(rubric.id))
        broken.push({ file: name, problems: [`id: ${rubric.id} comes along; choose another`] });
      else found.push({ listed: listed(rubric, 'own'), text });
    }
    return { found, broken };
  }
  const isShipped = (id: string) => shipped().some(({ listed: { rubric } }) => rubric.id === id);
  const entry = (id: string) => {
    const { found, broken } = own();
    const one = [...shipped(), ...found].find(({ listed: { rubric } }) => rubric.id === id);
    if (one !== undefined) return one;
    const bad = broken.find(({ file }) => file === `${id}.yaml`);
    if (bad !== undefined)
      throw new SluiceError('rubric_invalid', `${bad.file}: ${bad.problems.join('; ')}`, bad.problems);
    throw new SluiceError('not_found', `There is no rubric "${id}".`);
  };

  return {
    list() {
      const { found, broken } = own();
      return { items: [...shipped(), ...found].map(({ listed: each }) => each), broken };
    },
    /** @throws SluiceError `not_found`, `rubric_invalid` */
    get: (id: string): ListedRubric => entry(id).listed,
    text: (id: string): string => entry(id).text,
    /** @throws SluiceError `rubric_invalid`, `rubric_version_taken` */
    save(text: string): ListedRubric {
      const { rubric, problems } = parseRubric(text, secretsIn);
      if (rubric === null) throw new SluiceError('rubric_invalid', problems.join('; '), problems);
      if (isShipped(rubric.id)) {
        throw new SluiceError('rubric_invalid', `id: ${rubric.id} comes along; choose another.`, ['id']);
      }
      const next = listed(rubric, 'own');
      const before = own().found.find(({ listed: each }) => each.rubric.id === rubric.id)?.listed;
      if (before !== undefined && before.rubric.version === rubric.version && before.hash !== next.hash) {
        throw new SluiceError(
          'rubric_version_taken',
          `Version ${rubric.version} of ${rubric.id} says something else already.`,
        );
      }
      files.write(`${rubric.id}.yaml`, text);
      return next;
    },
    remove(id: string): boolean {
      if (isShipped(id)) throw new SluiceError('rubric_invalid', `${id} comes along and cannot be removed.`, ['id']);
      return files.remove(`${id}.yaml`);
    },
  };
}
