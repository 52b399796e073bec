import { SluiceError } from '../../shared/errors.js';
import { type Asked, type Connection, patience } from './connect.js';
import { engineError } from './engine-errors.js';

/** What an engine says of itself, as far as it matters here. */
export interface EngineInfo {
  ServerVersion?: string;
  OperatingSystem?: string;
  OSType?: string;
  DockerRootDir?: string;
  MemTotal?: number;
  NCPU?: number;
  Images?: number;
  MemoryLimit?: boolean;
  SwapLimit?: boolean;
  CpuCfsQuota?: boolean;
  PidsLimit?: boolean;
  SecurityOptions?: string[] | null;
  Runtimes?: Record<string, unknown> | null;
  DefaultRuntime?: string;
}

export async function infoOf({ docker }: Connection): Promise<EngineInfo> {
  try {
    return await (docker.info as unknown as Asked<EngineInfo>).call(docker, {
      abortSignal: AbortSignal.timeout(patience),
    });
  } catch (error) {
    throw engineError(error, 'The engine does not say what it can');
  }
}

/** Limits of a sandbox that this engine cannot hold to, in words. */
export function lacking(info: EngineInfo): string[] {
  const seccomp = (info.SecurityOptions ?? []).find((option) => /^name=seccomp\b/.test(option) || option === 'seccomp');
  return [
    info.OSType !== undefined && info.OSType !== 'linux' && 'Linux containers',
    info.MemoryLimit === false && 'memory',
    info.SwapLimit === false && 'swap',
    info.CpuCfsQuota === false && 'processors',
    info.PidsLimit === false && 'processes',
    (seccomp === undefined || seccomp.includes('unconfined')) && 'seccomp',
  ].filter((found) => found !== false);
}

/** @throws SluiceError `sandbox_limits_missing`, `sandbox_runtime_missing` */
export async function assertAble(connection: Connection, runtime: string | null): Promise<void> {
  const info = await infoOf(connection);
  connection.remapped = (info.SecurityOptions ?? []).some((option) => /^name=userns\b/.test(option));
  const lacks = lacking(info);
  if (lacks.length > 0)
    throw new SluiceError('sandbox_limits_missing', `The engine cannot hold to limits of: ${lacks.join(', ')}.`, {
      lacks,
    });
  if (runtime !== null && !Object.hasOwn(info.Runtimes ?? {}, runtime))
    throw new SluiceError('sandbox_runtime_missing', `The engine has no runtime ${runtime}.`, {
      runtimes: Object.keys(info.Runtimes ?? {}),
    });
}
