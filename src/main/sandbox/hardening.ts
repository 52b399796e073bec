import type Docker from 'dockerode';
import { SluiceError } from '../../shared/errors.js';
import type { SandboxLimits } from '../ground/sandbox.js';

/** Who commands run as: nobody's rights, the same number in every image. */
export const user = { uid: 1000, gid: 1000 } as const;
export const hostname = 'sandbox';

/** What only the preparation of an image may do as root of the container: own files, and become the users that it made. */
export const preparingCapabilities = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'SETGID', 'SETUID'];

export const openFiles = 16_384;

/** No core dumps; as many open files on every engine, whose own defaults differ. */
export const ulimits = [
  { Name: 'core', Soft: 0, Hard: 0 },
  { Name: 'nofile', Soft: openFiles, Hard: openFiles },
];

export interface Closed {
  limits: Pick<SandboxLimits, 'memory_bytes' | 'cpus' | 'pids'>;
  mounts: Docker.MountSettings[];
  runtime: string | null;
  /** Kernels without IPv6 have no ::1 to give. */
  ipv6: boolean;
}

/**
 * How every container is closed: no network, nothing writable but what is mounted, no capability, no new privileges, the
 * engine's own seccomp profile (never named, so never `unconfined`), memory without swap, processors, processes. Nothing is
 * written to the engine's log: what a flood of output would fill is the host's disk.
 */
export function hostConfig({ limits, mounts, runtime, ipv6 }: Closed): Docker.HostConfig {
  return {
    NetworkMode: 'none',
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    Privileged: false,
    Init: true,
    IpcMode: 'private',
    Memory: limits.memory_bytes,
    MemorySwap: limits.memory_bytes,
    NanoCpus: Math.round(limits.cpus * 1e9),
    PidsLimit: limits.pids,
    OomScoreAdj: 500,
    Ulimits: ulimits,
    LogConfig: { Type: 'none', Config: {} },
    RestartPolicy: { Name: 'no' },
    Mounts: mounts,
    ...(ipv6 ? { Sysctls: { 'net.ipv6.conf.lo.disable_ipv6': '0' } } : {}),
    ...(runtime === null ? {} : { Runtime: runtime }),
  };
}

/**
 * Compares what the engine says that it made with what was asked for.
 * @throws SluiceError `sandbox_limits_missing` naming what it left out: engines drop what they cannot do with a warning
 */
export function assertClosed(asked: Docker.HostConfig, made: Docker.ContainerInspectInfo, warnings: string[]): void {
  const got = made.HostConfig;
  const allowed = capabilities(asked.CapAdd);
  const cpus = got.NanoCpus || ((got.CpuQuota ?? 0) / (got.CpuPeriod || 100_000)) * 1e9;
  const weaker = [
    got.NetworkMode !== asked.NetworkMode && 'network',
    (got.ReadonlyRootfs ?? false) !== asked.ReadonlyRootfs && 'read-only root',
    got.Privileged === true && 'privileges',
    // Podman names each capability that it takes, Docker says ALL.
    ((got.CapDrop ?? []).length === 0 || capabilities(got.CapAdd).some((each) => !allowed.includes(each))) &&
      'capabilities',
    got.IpcMode === 'host' && 'shared memory of the host',
    got.PidMode === 'host' && 'processes of the host',
    (got.Devices ?? []).length > 0 && 'devices of the host',
    asked.Runtime !== undefined && runtimeOf(made) !== asked.Runtime && 'runtime',
    got.Memory !== asked.Memory && 'memory',
    got.MemorySwap !== asked.MemorySwap && 'swap',
    Math.abs(cpus - (asked.NanoCpus as number)) > 1e7 && 'processors',
    got.PidsLimit !== asked.PidsLimit && 'processes',
    got.OomKillDisable === true && 'out-of-memory kill',
    !(got.SecurityOpt ?? []).some((option: string) => /^no-new-privileges(?::true)?$/.test(option)) &&
      'no new privileges',
    (got.SecurityOpt ?? []).some((option: string) => option.includes('unconfined')) && 'seccomp',
    made.Mounts.some(({ Type }) => Type === 'bind') && 'mounts of the host',
    ...warnings.filter((warning) => /discard|not support|without swap|ignored/i.test(warning)),
  ].filter((found) => found !== false);
  if (weaker.length > 0)
    throw new SluiceError('sandbox_limits_missing', `The engine does not hold to: ${weaker.join('; ')}.`, { weaker });
}

/** CAP_CHOWN and CHOWN are one. */
function capabilities(names: string[] | null | undefined): string[] {
  return (names ?? []).map((name) => name.toUpperCase().replace(/^CAP_/, ''));
}

/** Podman calls every runtime `oci` where Docker names it, and names it elsewhere. */
function runtimeOf(made: Docker.ContainerInspectInfo & { OCIRuntime?: string }): string | undefined {
  return made.OCIRuntime ?? made.HostConfig.Runtime;
}
