import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** What a process takes until it ends, all threads together; 0 where the system does not tell. */
export function costOf(child: ChildProcess): () => { cpu_seconds: number; peak_mb: number } {
  let peak = 0;
  let ticks = 0;
  const timer = setInterval(() => {
    try {
      const kib = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      peak = Math.max(peak, Number(kib ?? 0) / 1024);
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      ticks = Math.max(ticks, Number(fields[11]) + Number(fields[12]));
    } catch {}
  }, 20);
  child.once('exit', () => clearInterval(timer));
  return () => ({ cpu_seconds: ticks / ticksPerSecond, peak_mb: Math.round(peak) });
}
