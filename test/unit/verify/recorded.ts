import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Framework, FrameworkReport, RepositoryLook } from '../../../src/main/verify/qa/frameworks/framework.js';
import { frameworkNamed } from '../../../src/main/verify/qa/frameworks/index.js';
import { readRun } from '../../../src/main/verify/qa/frameworks/read.js';

const fixtures = join(import.meta.dirname, '../../fixtures');
const nothing = new Uint8Array();

/** Frameworks whose reports were made by real runs of test/fixtures/repositories. */
export const recordedFrameworks = readdirSync(join(fixtures, 'repositories')).sort();

export function frameworkOf(id: string): Framework {
  const framework = frameworkNamed(id);
  if (!framework) throw new Error(`no framework ${id}`);
  return framework;
}

/** A sample repository as detection sees it. */
export function sampleLook(id: string, state: string): RepositoryLook {
  const folder = join(fixtures, 'repositories', id, state);
  return {
    files: readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)),
    read: (path) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : null),
  };
}

interface Recorded {
  command: string[];
  argv: string[];
  env: Record<string, string>;
  exit_code: number | null;
  workdir: string;
  /** Files of the folder by the path that they had in the run. */
  reports: Record<string, string>;
}

export function recording(id: string, state: string): Recorded & { folder: string } {
  const folder = join(fixtures, 'reports', id, state);
  return { folder, ...(JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Recorded) };
}

/** What a recorded run is read as. */
export function readRecorded(id: string, state: string): FrameworkReport & { exit_code: number | null } {
  const { folder, command, exit_code, workdir, reports } = recording(id, state);
  const framework = frameworkOf(id);
  const report = readRun(
    framework,
    framework.command(command, { folder: '/tmp/report', look: sampleLook(id, state) }),
    {
      workdir,
      reports: new Map(Object.entries(reports).map(([path, file]) => [path, readFileSync(join(folder, file))])),
      output: { head: readFileSync(join(folder, 'output.txt')), tail: nothing, dropped_bytes: 0 },
      exit_code,
    },
  );
  return { ...report, exit_code };
}

/** Report files that no run here wrote, by the folder they lie in. */
export function writtenInTheFormat(id: string, folder: string): { path: string; text: string }[] {
  const place = join(fixtures, 'reports', id, folder);
  return readdirSync(place).map((path) => ({ path, text: readFileSync(join(place, path), 'utf8') }));
}
