import type { OpenRequest } from '../ground/sandbox.js';
import { environmentOf } from './environment.js';
import { hostname, openFiles, user } from './hardening.js';

/** The same for a person to paste where the copy of the repository lies: its tar goes in, nothing of the host is mounted. */
export function commandByHand(request: OpenRequest, argv: readonly string[], podman: boolean): string {
  const { image, workdir, env, limits, runtime } = request;
  const folder = (path: string, bytes: number, access: string) =>
    `--tmpfs=${path}:rw,exec,nosuid,nodev,${access},size=${bytes}`;
  // Docker gives the folder the rights of the one that it covers, Podman gives it no owner.
  const own = podman ? 'mode=1777' : `uid=${user.uid},gid=${user.gid},mode=0755`;
  const options = [
    ...['--rm', '--interactive', '--init', '--network=none', '--read-only', '--cap-drop=ALL'],
    ...[
      '--security-opt=no-new-privileges',
      '--ipc=private',
      `--user=${user.uid}:${user.gid}`,
      `--hostname=${hostname}`,
    ],
    `--memory=${limits.memory_bytes}`,
    `--memory-swap=${limits.memory_bytes}`,
    `--cpus=${limits.cpus}`,
    `--pids-limit=${limits.pids}`,
    '--ulimit=core=0',
    `--ulimit=nofile=${openFiles}`,
    ...['--log-driver=none', '--sysctl=net.ipv6.conf.lo.disable_ipv6=0'],
    ...(runtime === null ? [] : [`--runtime=${runtime}`]),
    folder(workdir, limits.work_bytes, own),
    folder('/tmp', limits.tmp_bytes, 'mode=1777'),
    `--workdir=${workdir}`,
    ...environmentOf([], env).map((line) => `--env=${line}`),
    '--entrypoint=sh',
  ];
  const inside = ['-c', 'tar -xf - && exec timeout -s KILL "$0" "$@" </dev/null', String(limits.seconds), ...argv];
  // The folder itself is not in the tar: it need not be one's own. A name with a line end must not become several, or options of tar.
  const copy = 'find . -mindepth 1 -maxdepth 1 -print0 | tar -c --null -T -';
  return [`${copy} | ${podman ? 'podman' : 'docker'} run`, ...[...options, image, ...inside].map(quoted)].join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
