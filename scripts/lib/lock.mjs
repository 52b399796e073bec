import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say, stateDir } from './root.mjs';

const file = join(stateDir, 'lock');
/** A pid may have been given to another process since; no setup takes this long. */
const staleAfterMs = 30 * 60_000;

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function read(path) {
  try {
    return { text: readFileSync(path, 'utf8'), age: Date.now() - statSync(path).mtimeMs };
  } catch {
    return null;
  }
}

/** Moves an abandoned lock away; puts it back if another process was faster and it is a new one by now. */
function takeAway(text) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readFileSync(aside, 'utf8') !== text) {
    try {
      linkSync(aside, file);
    } catch {
      // A third process holds the lock already; it and the one we disturbed both look at the result again.
    }
  }
  rmSync(aside, { force: true });
}

/** Runs `work` while no other setup of this tree does; waits for one that is under way. */
export async function withLock(work) {
  mkdirSync(stateDir, { recursive: true });
  const mine = `${process.pid} ${process.hrtime.bigint()}`;
  let told = false;
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = read(file);
    if (!holder) continue;
    const pid = Number.parseInt(holder.text, 10);
    // An empty file is one that its owner is just about to fill.
    const abandoned = holder.text === '' ? holder.age > 5_000 : !alive(pid) || holder.age > staleAfterMs;
    if (abandoned) takeAway(holder.text);
    else {
      if (!told) say(`Another setup is under way (process ${pid}); waiting for it …`);
      told = true;
      await sleep(200);
    }
  }
  const release = () => {
    if (read(file)?.text === mine) rmSync(file, { force: true });
  };
  process.once('exit', release);
  try {
    return await work();
  } finally {
    release();
    process.off('exit', release);
  }
}
