import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Json, TaskFile } from '../../../shared/model/index.js';
import { replaceFile } from '../../ground/replace-file.js';
import { jsonText } from '../columns.js';
import { partPath } from '../harbor/run-files.js';
import { type Task, taskName, type WrittenTask } from '../harbor/task.js';
import { patchFolders, patchPath, proofOf, taskFiles } from '../harbor/task-files.js';
import type { FileFormat, Row } from './format.js';
import { draftPrefix } from './format.js';
import { jsonl } from './jsonl.js';

/** A list of tasks, one a line, beside a folder of its name with a folder for each. What stands in the folders is not in the list. */
export const taskFolders = {
  id: 'harbor',
  title: 'Harbor tasks',
  description: 'A folder for each task, as Harbor reads it.',
  extension: 'jsonl',
  packed: {},
  async open(path, columns) {
    const folder = folderOf(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const list = await jsonl.open(path, columns, undefined);
    return {
      ...list,
      async write(row) {
        for (const file of taskFiles(row as unknown as WrittenTask)) await put(join(folder, nameOf(row)), file);
        await list.write(listed(row));
      },
    };
  },
  async *rows(path) {
    for await (const row of jsonl.rows(path)) yield await whole(folderOf(path), row);
  },
  shown: (row: Row) => JSON.parse(jsonText(row as Json)) as Json,
  async problem(path, row) {
    for (const { path: file, text } of taskFiles(row as unknown as WrittenTask)) {
      const found = await readFile(join(folderOf(path), nameOf(row), file), 'utf8').catch(() => null);
      if (found !== text) return `${nameOf(row)}/${file} is not the file that was written`;
    }
    return null;
  },
  async *beside(path) {
    for await (const row of jsonl.rows(path)) {
      const task = (await whole(folderOf(path), row)) as unknown as WrittenTask;
      for (const { path: file } of taskFiles(task)) yield `${basename(folderOf(path))}/${nameOf(row)}/${file}`;
    }
  },
  async settle(path) {
    const folder = folderOf(path);
    const named = new Set<string>();
    for await (const row of jsonl.rows(path)) named.add(nameOf(row));
    for (const name of await readdir(folder))
      if (!named.has(name)) await rm(join(folder, name), { recursive: true, force: true });
  },
} satisfies FileFormat;

/** A list that is written anew is of the same folders. */
function folderOf(path: string): string {
  return join(
    dirname(path),
    basename(path)
      .replace(draftPrefix, '')
      .replace(/\.jsonl$/, ''),
  );
}

function nameOf(row: Row): string {
  const { trace_id, from_step } = row as unknown as Task;
  // Whoever edited the list may not lead anybody out of the folder.
  if (!/^[0-9a-f-]{36}$/.test(trace_id) || !Number.isSafeInteger(from_step)) throw new TypeError('no task of ours');
  return taskName({ trace_id, from_step });
}

async function put(folder: string, { path, text, script }: TaskFile): Promise<void> {
  const at = join(folder, path);
  await mkdir(dirname(at), { recursive: true, mode: 0o700 });
  if ((await readFile(at, 'utf8').catch(() => null)) === text) return;
  await replaceFile(at, text, script ? 0o700 : 0o600);
}

/** What the list says of a task: texts stand in its files. */
function listed(row: Row): Row {
  const { instruction: _, trajectory, ...rest } = row as unknown as WrittenTask;
  const { run, proof } = rest;
  const lists = Object.keys(patchFolders) as (keyof typeof patchFolders)[];
  const files = Object.fromEntries(lists.map((list) => [list, rest[list].map(({ file }) => file)]));
  const made = run && { ...run, tests: named(run.tests), solution: named(run.solution) };
  return {
    task: taskName(rest),
    ...rest,
    ...files,
    ...(run !== undefined && { run: made }),
    ...(proof !== undefined && { proven: proofOf({ run, proof }).state === 'proven' }),
    prior_context: trajectory !== null,
  } as unknown as Row;
}

/** Files without their texts. */
function named(files: NonNullable<Task['run']>['tests']) {
  return files.map(({ path, text, executable }) => ({ path, executable, deleted: text === null }));
}

async function whole(folder: string, row: Row): Promise<Row> {
  const at = join(folder, nameOf(row));
  const { task: _, prior_context, proven: __, ...rest } = row;
  const text = async (path: string) => {
    for (let each = path; each !== '.'; each = dirname(each)) {
      const stat = await lstat(join(at, each));
      if (!(each === path ? stat.isFile() : stat.isDirectory())) throw new TypeError('no file of ours');
    }
    return readFile(join(at, path), 'utf8');
  };
  const task: Row = { ...rest, instruction: await text('instruction.md'), trajectory: null };
  for (const [list, place] of Object.entries(patchFolders)) {
    const patches: Json[] = [];
    for (const [index, file] of (row[list] as string[]).entries())
      patches.push({ file, patch: await text(patchPath(place, index)) });
    task[list] = patches;
  }
  const run = row['run'] as unknown as Record<'tests' | 'solution', ReturnType<typeof named>> | null | undefined;
  if (run != null) {
    const made: Row = { ...(run as unknown as Row) };
    for (const folder of ['tests', 'solution'] as const) {
      const files: Json[] = [];
      for (const [index, { path, executable, deleted }] of run[folder].entries())
        files.push({ path, text: deleted ? null : await text(partPath(folder, index)), executable });
      made[folder] = files;
    }
    task['run'] = made as Json;
  }
  if (prior_context === true) task.trajectory = JSON.parse(await text('trajectory.json')) as Json;
  return task;
}
