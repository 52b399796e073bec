import { createHash } from 'node:crypto';
import * as z from 'zod';
import { SluiceError } from '../../../shared/errors.js';
import type {
  LocalRepository,
  QaDefaults,
  QaLimits,
  QaOptions,
  QaRepository,
  QaSettings,
} from '../../../shared/model/index.js';
import { testCommand } from '../../../shared/test-command.js';
import type { SandboxLimits } from '../../ground/sandbox.js';
import { type EditedTest, editedTests, type Restoration } from './edited-tests.js';
import { exitCode } from './frameworks/exit-code.js';
import type { Framework } from './frameworks/framework.js';
import { detected, frameworkFor, frameworkNamed, frameworks } from './frameworks/index.js';
import { type Ask, lookAt } from './look.js';
import { changesBetween } from './repository/changes.js';
import type { FileTree } from './repository/file-tree.js';
import type { LocalRepositoryHandle } from './repository/open.js';
import type { Changed as ChangedFile } from './repository/tar-of.js';
import type { TestedTrace } from './tools.js';

/** Files that are otherwise than in a state. */
type Changed = ReadonlyMap<string, ChangedFile>;

/** One state of a repository that is tested. */
export interface State {
  tree: FileTree;
  ask: Ask;
}

/** All that a run hangs on, decided before anything of the repository is run. */
export interface Plan {
  repository: QaRepository;
  settings: QaSettings;
  framework: Framework;
  /** Null where nothing says what there was before the change. */
  before: State | null;
  after: State;
  /** Null where the change edited no tests, or none that can be taken back. */
  restored: Changed | null;
  edited: EditedTest[];
  /** Seconds since the epoch that files and builds bear. */
  time: number;
  /** Where the state after the change lies, for what a person does by hand. */
  place: { path: string; kind: QaRepository['kind']; commit: string | null };
  /** The same for the same states and settings. */
  key: string;
}

/** A repository as it was opened. */
export interface Opened {
  handle: LocalRepositoryHandle;
  path: string;
}

export interface PlanSources {
  asked: QaOptions;
  trace: TestedTrace | null;
  defaults: QaDefaults;
  repository: Opened;
  /** What `repo_after` names. */
  after: Opened | null;
  /** What the trace, or who asked, calls the repository. */
  name: string;
  /** What the settings say of it. */
  mapped: LocalRepository | null;
}

/** What a trace says of its repository; whatever else stands there is nothing. */
const saidSchema = z
  .object({
    commit_before: z.string().optional().catch(undefined),
    commit_after: z.string().optional().catch(undefined),
    test_command: z.string().optional().catch(undefined),
  })
  .catch({});

/** 1980: the first day that a zip can name; also what a sandbox has where nothing else is said. */
const noTime = 315_532_800;
const mib = 1024 * 1024;

/**
 * Decides what is tested and how: what was asked for goes before what the trace says, this before what the settings say of the
 * repository, and this before their defaults.
 * @throws SluiceError `qa_command_missing`, `qa_framework_unknown`, `qa_image_unnamed`, `qa_commit_unknown`, and of the command's text
 */
export async function planOf(sources: PlanSources): Promise<Plan> {
  const { asked, trace, defaults, repository, after, name, mapped } = sources;
  const said = saidSchema.parse(trace?.metadata?.repo ?? {});
  const states = await statesOf(asked, said, repository, after);
  const { ask } = states.after;
  const framework = await frameworkOf(asked.framework ?? mapped?.framework ?? null, ask);
  const command = asked.test_command ?? said.test_command ?? metadataCommand(trace) ?? mapped?.test_command;
  const argv = command === undefined ? await usualCommand(framework, ask) : testCommand(command);
  const image = asked.image ?? mapped?.image ?? defaults.image;
  const chosen = framework ?? (await ask((look) => frameworkFor(argv, look)));
  if (image === null) throw noImage(chosen);
  const settings: QaSettings = {
    test_command: argv,
    framework: framework?.id ?? null,
    repeat: { ...defaults.repeat, ...given(asked.repeat) },
    image,
    image_id: null,
    prepare: asked.prepare ?? mapped?.prepare ?? [],
    network_in_prepare: asked.allow_network_in_prepare,
    runtime: asked.runtime ?? defaults.runtime,
    limits: {
      ...defaults.limits,
      ...given(asked.limits),
      ...(asked.timeout_s === undefined ? {} : { seconds: asked.timeout_s }),
    },
    missing_engine: asked.missing_engine ?? defaults.missing_engine,
    env: { SOURCE_DATE_EPOCH: String(states.time) },
  };
  const { edited, restoration } = states.before
    ? editedTests(await changesBetween(states.before.tree, states.after.tree))
    : { edited: [], restoration: nothingEdited };
  return {
    repository: {
      kind: repository.handle.kind,
      name,
      commit_before: states.commit_before,
      commit_after: states.commit_after,
    },
    settings,
    framework: chosen,
    before: states.before,
    after: states.after,
    restored: states.before && (await restoredFiles(restoration, states.before.tree)),
    edited,
    time: states.time,
    place: states.place,
    key: createHash('sha256')
      .update(JSON.stringify([states.before?.tree.id ?? null, states.after.tree.id, chosen.id, settings]))
      .digest('hex'),
  };
}

const nothingEdited: Restoration = { asBefore: [], removed: [], rewritten: [] };

/** As the sandbox counts them. */
export function sandboxLimits(limits: QaLimits): SandboxLimits {
  return {
    memory_bytes: limits.memory_mb * mib,
    cpus: limits.cpus,
    pids: limits.pids,
    tmp_bytes: limits.tmp_mb * mib,
    work_bytes: limits.work_mb * mib,
    seconds: limits.seconds,
    output_bytes: limits.output_kb * 1024,
  };
}

type Said = z.infer<typeof saidSchema>;

/** A commit of git, else the working folder or the archive; of two repositories, the second is what the change made of the first. */
async function statesOf(asked: QaOptions, said: Said, repository: Opened, other: Opened | null) {
  const names = {
    before: asked.commit_before ?? said.commit_before,
    after: asked.commit_after ?? said.commit_after,
  };
  const last = other ?? repository;
  // Commits that only a trace names are those of a clone: a folder or an archive has none.
  const commitOf = async ({ handle }: Opened, name: string | undefined, own: string | undefined) =>
    name === undefined || (handle.kind !== 'git' && own === undefined) ? null : handle.commit(name);
  const before = await commitOf(repository, names.before, asked.commit_before);
  const after = await commitOf(last, names.after, asked.commit_after);
  const hasBefore = before !== null || other !== null;
  const stateOf = async ({ handle }: Opened, commit: string | null): Promise<State> => {
    const tree = await handle.tree(commit);
    return { tree, ask: lookAt(tree) };
  };
  return {
    before: hasBefore ? await stateOf(repository, before?.commit ?? null) : null,
    after: await stateOf(last, after?.commit ?? null),
    commit_before: before?.commit ?? null,
    commit_after: after?.commit ?? null,
    time: after?.time ?? before?.time ?? noTime,
    place: { path: last.path, kind: last.handle.kind, commit: after?.commit ?? null },
  };
}

/** @throws SluiceError `qa_framework_unknown` */
async function frameworkOf(name: string | null, ask: Ask): Promise<Framework | null> {
  if (name === null) return null;
  const found = frameworkNamed(name);
  if (found) return found;
  const likely = (await ask(detected))[0]?.framework.id;
  throw new SluiceError(
    'qa_framework_unknown',
    `There is no framework ${JSON.stringify(name)}${likely === undefined ? '' : `; this repository looks like ${likely}`}.`,
    { frameworks: frameworks.map(({ id }) => id) },
  );
}

function metadataCommand(trace: TestedTrace | null): string | undefined {
  const command = trace?.metadata?.test_command;
  return typeof command === 'string' && command !== '' ? command : undefined;
}

/** @throws SluiceError `qa_command_missing` */
async function usualCommand(named: Framework | null, ask: Ask): Promise<string[]> {
  const argv = await ask((look) => {
    const choices = named ? [named] : detected(look).map(({ framework }) => framework);
    return choices.map((framework) => framework.usual(look)).find((usual) => usual !== null);
  });
  if (argv) return argv;
  throw new SluiceError('qa_command_missing', 'Nothing says how this repository is tested.', {
    framework: named?.id ?? null,
  });
}

/** Public images that have what a framework needs, as an example for whoever named none. */
const usualImages: Readonly<Record<string, string>> = {
  pytest: 'python:3.13-slim',
  unittest: 'python:3.13-slim',
  vitest: 'node:24-slim',
  jest: 'node:24-slim',
  mocha: 'node:24-slim',
  'node-test': 'node:24-slim',
  'go-test': 'golang:1.25',
  'cargo-test': 'rust:1-slim',
  nextest: 'rust:1-slim',
  maven: 'maven:3-eclipse-temurin-21',
  gradle: 'gradle:9-jdk21',
  rspec: 'ruby:3.4-slim',
  phpunit: 'php:8.4-cli',
  dotnet: 'mcr.microsoft.com/dotnet/sdk:10.0',
};

function noImage({ id, title }: Framework): SluiceError {
  const usual = usualImages[id];
  return new SluiceError(
    'qa_image_unnamed',
    `Nothing says in which image ${id === exitCode.id ? 'the command' : title} runs${usual === undefined ? '' : `; ${usual} is one that has it (docker pull ${usual})`}.`,
    { framework: id, image: usual ?? null },
  );
}

/** The files that the tests of before consist of, laid over the state after the change; null where there are none. */
async function restoredFiles(
  { asBefore, removed, rewritten }: Restoration,
  before: FileTree,
): Promise<Plan['restored']> {
  const changed = new Map<string, ChangedFile>();
  for (const path of removed) changed.set(path, null);
  for (const path of asBefore)
    changed.set(path, { mode: before.file(path)?.mode ?? 'file', bytes: await before.read(path) });
  for (const { path, text } of rewritten) changed.set(path, Buffer.from(text));
  return changed.size === 0 ? null : changed;
}

/** Without what was left open. */
function given<T extends object>(some: T | undefined): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(some ?? {}).filter(([, value]) => value !== undefined)) as never;
}
