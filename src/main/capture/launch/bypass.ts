import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Bypass } from '../../../shared/model/index.js';

/** Connections that live shorter than this between two looks may be missed. */
const everyMs = 200;
const mostNamed = 100;

/** ESTABLISHED and SYN_SENT of the kernel's TCP states. */
const open = new Set(['01', '02']);

export interface BypassWatch {
  /** Ends the watch; what was seen, each process and destination once. */
  stop(): Bypass[];
}

/**
 * Watches where the processes below `root` connect to, on Linux by /proc: connections that leave this machine did not go
 * through the proxy. Null where it cannot be known. A connection of a few milliseconds can slip through; nothing that
 * is named here is a guess.
 */
export function watchBypass(root: number): BypassWatch | null {
  if (process.platform !== 'linux') return null;
  const family = new Map<number, string>([[root, commandOf(root)]]);
  const seen = new Map<string, Bypass>();
  const look = () => {
    grow(family);
    for (const [pid, command] of family) {
      for (const { address, port } of connections(pid)) {
        const key = `${command} ${address} ${port}`;
        const entry = seen.get(key);
        if (entry) entry.last_at = new Date().toISOString();
        else if (seen.size < mostNamed) seen.set(key, { command, address, port, last_at: new Date().toISOString() });
      }
    }
  };
  const timer = setInterval(look, everyMs);
  look();
  return {
    stop() {
      clearInterval(timer);
      return [...seen.values()];
    },
  };
}

/** Adds the children of known processes; a process stays known when its parent has ended. */
function grow(family: Map<number, string>): void {
  for (const name of list('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || family.has(pid)) continue;
    // The command in brackets may hold spaces and brackets itself: what comes after the last one is the rest.
    const stat = text(`/proc/${pid}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (family.has(parent)) family.set(pid, commandOf(pid));
  }
  for (const pid of family.keys()) if (text(`/proc/${pid}/stat`) === '') family.delete(pid);
}

function commandOf(pid: number): string {
  return text(`/proc/${pid}/comm`).trim() || 'unknown';
}

/** Open TCP connections of a process to other machines. */
function connections(pid: number): { address: string; port: number }[] {
  const sockets = new Set<string>();
  for (const fd of list(`/proc/${pid}/fd`)) {
    const inode = /^socket:\[(\d+)\]$/.exec(link(`/proc/${pid}/fd/${fd}`))?.[1];
    if (inode !== undefined) sockets.add(inode);
  }
  if (sockets.size === 0) return [];
  const found: { address: string; port: number }[] = [];
  for (const table of ['tcp', 'tcp6']) {
    for (const line of text(`/proc/${pid}/net/${table}`).split('\n').slice(1)) {
      const [, , remote = '', state = '', , , , , , inode = ''] = line.trim().split(/\s+/);
      if (!open.has(state) || !sockets.has(inode)) continue;
      const [host = '', port = '0'] = remote.split(':');
      const address = addressOf(host);
      if (!isLocal(address)) found.push({ address, port: Number.parseInt(port, 16) });
    }
  }
  return found;
}

/** An address of /proc/net: 32-bit words in the machine's byte order (little-endian wherever Node runs). */
export function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.subarray(at, at + 4).reverse();
  if (bytes.length === 4) return bytes.join('.');
  const mapped = bytes.subarray(0, 12).equals(Buffer.from('00000000000000000000ffff', 'hex'));
  if (mapped) return bytes.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16));
  return groups.join(':');
}

function isLocal(address: string): boolean {
  return /^(?:127\.|0\.0\.0\.0$|0:0:0:0:0:0:0:[01]$)/.test(address);
}

// A process may end, or belong to somebody else, between two reads: then there is nothing to know of it.
function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
