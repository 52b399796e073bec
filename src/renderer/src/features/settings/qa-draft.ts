import type { LocalRepository, QaDefaults, Webhook } from '../../../../shared/model/index.js';
import { commandProblem, commandsOf, commandText } from '../../components/command-text.js';

/** A repository of this machine while it is being edited; commands as text, one a line. */
export interface RepositoryRow {
  id: number;
  repo: string;
  path: string;
  test_command: string;
  framework: string;
  image: string;
  prepare: string;
}

export interface QaDraft extends Omit<QaDefaults, 'repositories'> {
  repositories: RepositoryRow[];
}

export interface WebhookRow extends Webhook {
  id: number;
}

export function toQaDraft({ repositories, ...rest }: QaDefaults): QaDraft {
  return {
    ...rest,
    repositories: repositories.map(({ test_command = '', prepare = [], framework = '', image = '', ...row }, id) => ({
      id,
      ...row,
      framework,
      image,
      test_command: typeof test_command === 'string' ? test_command : commandText(test_command),
      prepare: prepare.map(commandText).join('\n'),
    })),
  };
}

export function fromQaDraft({ repositories, ...rest }: QaDraft): QaDefaults {
  return { ...rest, repositories: meant(repositories).map(toRepository) };
}

/** Rows in which something stands: the others are not saved, and no mistake. */
export const meant = (rows: readonly RepositoryRow[]): RepositoryRow[] =>
  rows.filter(({ id: _, ...fields }) => Object.values(fields).some((value) => value.trim() !== ''));

/** The same of webhooks. */
export const meantWebhooks = (rows: readonly WebhookRow[]): WebhookRow[] => rows.filter(({ url }) => url.trim() !== '');

function toRepository({ repo, path, test_command, framework, image, prepare }: RepositoryRow): LocalRepository {
  const commands = commandProblem(prepare) === null ? commandsOf(prepare) : [];
  return {
    repo: repo.trim(),
    path: path.trim(),
    ...(test_command.trim() !== '' && { test_command: test_command.trim() }),
    ...(framework !== '' && { framework }),
    ...(image.trim() !== '' && { image: image.trim() }),
    ...(commands.length > 0 && { prepare: commands }),
  };
}

/** Commands that would be refused, by the path of their field. */
export function commandProblems({ repositories }: QaDraft): { [path: string]: string } {
  const found: { [path: string]: string } = {};
  for (const [index, { test_command, prepare }] of meant(repositories).entries()) {
    const command = commandProblem(test_command);
    const commands = commandProblem(prepare);
    if (command !== null) found[`qa.repositories.${index}.test_command`] = command;
    if (commands !== null) found[`qa.repositories.${index}.prepare`] = commands;
  }
  return found;
}
