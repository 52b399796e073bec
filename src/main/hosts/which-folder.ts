import { createInterface } from 'node:readline/promises';
import { SluiceError } from '../../shared/errors.js';
import { type DataFolder, dataFolder, defaultDataDir, isDefaultFolder } from '../home/folder.js';
import { type RunningStudio, runningStudios } from '../home/running.js';

export interface FolderFlags {
  dataDir?: string;
  json?: boolean;
}

/** The data folder that a command looks at: by flag or variable; else that of the studio that runs; else the default. */
export async function folderOf(flags: FolderFlags): Promise<DataFolder> {
  const namedFolder = flags.dataDir ?? process.env.SLUICE_DATA_DIR;
  if (namedFolder !== undefined) return dataFolder(namedFolder);
  const studios = runningStudios();
  const [first] = studios;
  if (first === undefined) return dataFolder(defaultDataDir());
  const { folder } = studios.length === 1 ? first : await askWhich(studios);
  // Not the user's words: he is told whose data this is about.
  if (!isDefaultFolder(folder) && flags.json !== true) process.stderr.write(`sluice: the studio on ${folder.root}\n`);
  return folder;
}

async function askWhich(studios: RunningStudio[]): Promise<RunningStudio> {
  const lines = studios.map(({ folder, holder }) => `${folder.root} (process ${holder.pid})`);
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new SluiceError('usage', `Several studios run; --data-dir says which: ${lines.join(', ')}.`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    process.stderr.write(`Several studios run:\n${lines.map((line, at) => `  ${at + 1}  ${line}\n`).join('')}`);
    for (;;) {
      const chosen = studios[Number(await terminal.question(`Which one (1 to ${studios.length})? `)) - 1];
      if (chosen !== undefined) return chosen;
    }
  } finally {
    terminal.close();
  }
}
