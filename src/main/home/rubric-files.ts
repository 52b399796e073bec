import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFileSync } from '../ground/replace-file.js';

/** A file that is larger is not read. */
const mostBytes = 200_000;
const mostFiles = 500;

/** The rubrics of a data folder, each a file that a person may write by hand. */
export function rubricFiles(folder: string) {
  return {
    list(): { name: string; text: string }[] {
      let names: string[];
      try {
        names = readdirSync(folder);
      } catch {
        return [];
      }
      return names
        .filter((name) => /\.ya?ml$/.test(name))
        .sort()
        .slice(0, mostFiles)
        .flatMap((name) => {
          const path = join(folder, name);
          const { size, isFile } = look(path);
          return isFile ? [{ name, text: size > mostBytes ? '' : readFileSync(path, 'utf8') }] : [];
        });
    },
    write(name: string, text: string): void {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      replaceFileSync(join(folder, name), text);
    },
    remove(name: string): boolean {
      const path = join(folder, name);
      const { isFile } = look(path);
      if (isFile) rmSync(path);
      return isFile;
    },
  };
}

function look(path: string): { size: number; isFile: boolean } {
  const stat = statSync(path, { throwIfNoEntry: false });
  return { size: stat?.size ?? 0, isFile: stat?.isFile() ?? false };
}
