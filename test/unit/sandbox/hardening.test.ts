import type Docker from 'dockerode';
import { describe, expect, it } from 'vitest';
import { environmentOf } from '../../../src/main/sandbox/environment.js';
import { assertClosed, hostConfig, preparingCapabilities } from '../../../src/main/sandbox/hardening.js';
import { smallLimits } from '../../support/sandboxes.js';

const asked = hostConfig({ limits: smallLimits, mounts: [], runtime: null, ipv6: true });
const made = (HostConfig: object, Mounts: object[] = []) =>
  ({ HostConfig: { ...asked, ...HostConfig }, Mounts }) as unknown as Docker.ContainerInspectInfo;

describe('what the engine made', () => {
  it('is as closed as asked, in whichever words it says it', () => {
    assertClosed(asked, made({}), []);
    const podman = { NanoCpus: 0, CpuPeriod: 100_000, CpuQuota: 200_000, SecurityOpt: ['no-new-privileges:true'] };
    assertClosed(asked, made(podman, [{ Type: 'volume' }, { Type: 'tmpfs' }]), [
      'This image was built for another platform.',
    ]);
  });

  it.each([
    ['network', { NetworkMode: 'bridge' }],
    ['read-only root', { ReadonlyRootfs: false }],
    ['memory', { Memory: 0 }],
    ['swap', { MemorySwap: -1 }],
    ['processors', { NanoCpus: 0 }],
    ['processes', { PidsLimit: 0 }],
    ['privileges', { Privileged: true }],
    ['capabilities', { CapDrop: [] }],
    ['capabilities', { CapAdd: ['CAP_SYS_ADMIN'] }],
    ['shared memory of the host', { IpcMode: 'host' }],
    ['processes of the host', { PidMode: 'host' }],
    ['devices of the host', { Devices: [{ PathOnHost: '/dev/sda' }] }],
    ['out-of-memory kill', { OomKillDisable: true }],
    ['no new privileges', { SecurityOpt: [] }],
    ['seccomp', { SecurityOpt: ['no-new-privileges', 'seccomp=unconfined'] }],
  ])('is refused where it left out: %s', (what, HostConfig) => {
    expect(() => assertClosed(asked, made(HostConfig), [])).toThrow(
      expect.objectContaining({ code: 'sandbox_limits_missing', details: { weaker: [what] } }),
    );
  });

  it('is refused in another runtime than the one that was asked for', () => {
    const gvisor = hostConfig({ limits: smallLimits, mounts: [], runtime: 'runsc', ipv6: true });
    assertClosed(gvisor, made({ Runtime: 'runsc' }), []);
    expect(() => assertClosed(gvisor, made({ Runtime: 'runc' }), [])).toThrow('runtime');
    const podman = { HostConfig: { ...gvisor, Runtime: 'oci' }, Mounts: [], OCIRuntime: 'runsc' };
    assertClosed(gvisor, podman as unknown as Docker.ContainerInspectInfo, []);
    const other = { ...podman, OCIRuntime: 'crun' };
    expect(() => assertClosed(gvisor, other as unknown as Docker.ContainerInspectInfo, [])).toThrow('runtime');
  });

  it('takes what the preparation of an image may do, and no more', () => {
    const preparing = { ...asked, CapAdd: [...preparingCapabilities] };
    assertClosed(preparing, made({ CapAdd: preparingCapabilities.map((name) => `CAP_${name}`) }), []);
    expect(() => assertClosed(preparing, made({ CapAdd: ['CAP_NET_RAW'] }), [])).toThrow('capabilities');
  });

  it('is refused with a mount of the host, and where the engine says that it left a limit out', () => {
    expect(() => assertClosed(asked, made({}, [{ Type: 'bind' }]), [])).toThrow('mounts of the host');
    const warning = 'Your kernel does not support swap limit capabilities. Memory limited without swap.';
    expect(() => assertClosed(asked, made({}), [warning])).toThrow('swap limit');
  });
});

it('tells programs nothing of agents and collectors, neither what is asked for nor what the image has', () => {
  const lines = environmentOf(['PATH=/bin', 'OTEL_EXPORTER_OTLP_ENDPOINT=http://x', 'CURSOR_AGENT=1'], {
    TZ: 'Asia/Tokyo',
    CLAUDE_CODE_ENTRYPOINT: 'cli',
    SOURCE_DATE_EPOCH: '1700000000',
  });
  // A name alone takes the image's variable away.
  expect(lines).toEqual(expect.arrayContaining(['TZ=Asia/Tokyo', 'SOURCE_DATE_EPOCH=1700000000', 'LANG=C.UTF-8']));
  expect(lines.filter((line) => !line.includes('='))).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT', 'CURSOR_AGENT']);
  expect(lines.join('\n')).not.toMatch(/CLAUDE|PATH=\/bin/);
});
